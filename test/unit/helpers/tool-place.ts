import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ToolLocations } from "../../../scripts/machine/tools/locations";
import type { Binary } from "../../../scripts/machine/tools/table";

/** An executable shell script. */
export function program(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

export interface World {
  folder: string;
  /** The only folder on PATH besides the system's `sh`, `tar` and `gzip`. */
  bin: string;
  place: ToolLocations;
  lines: string[];
  log: (line: string) => void;
  remove(): void;
}

/** A cache, a PATH and a Pulumi home of a test's own; no download host, no Go, no plugins. */
export function world(binaries: Binary[]): World {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-tools-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, version] of [["kubernetes", "4.34.2"], ["random", "4.21.2"]] as const) {
    const npm = join(folder, "checkout", "node_modules", "@pulumi", name);
    const standIn = join(folder, "checkout", "dist", "test", "plugins", name);
    mkdirSync(npm, { recursive: true });
    mkdirSync(standIn, { recursive: true });
    writeFileSync(join(npm, "package.json"), JSON.stringify({ pulumi: { version } }));
    writeFileSync(join(standIn, "main.js"), `console.log("stand-in for ${name}")`);
  }
  const lines: string[] = [];
  return {
    folder,
    bin,
    lines,
    log: (line) => lines.push(line),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    place: {
      folder: join(folder, "tools"),
      path: bin,
      pulumiHome: join(folder, "pulumi-home"),
      root: join(folder, "checkout"),
      platform: "linux-amd64",
      binaries,
      probeSeconds: 0.5,
      // Nothing listens on the discard port.
      pluginHost: "http://127.0.0.1:9",
    },
  };
}

/** A tool for tests: `helm` at 3.22.0, to be fetched from `url`. */
export const helmFrom = (url: string | undefined, more: Partial<Binary["downloads"]["linux-amd64"]> = {}): Binary => ({
  name: "helm",
  version: "3.22.0",
  binaries: ["helm"],
  versionArgs: ["version"],
  downloads: url ? { "linux-amd64": { url: `${url}/helm.tar.gz`, sums: `${url}/sums`, archiveFolder: "linux-amd64", ...more } } : {},
  go: [{ binary: "helm", module: "example.org/helm", version: "v3.22.0", package: "cmd/helm", set: { "x.version": "v3.22.0" } }],
  buildSeconds: 70,
});

/** A `.tar.gz` with a program at `path` that says the version. */
export function archiveOf(folder: string, path: string, version: string): { bytes: Buffer; sum: string } {
  program(join(folder, "archive", path), `echo v${version}`);
  execFileSync("tar", ["-czf", join(folder, "archive.tar.gz"), "-C", join(folder, "archive"), "."]);
  const bytes = readFileSync(join(folder, "archive.tar.gz"));
  return { bytes, sum: createHash("sha256").update(bytes).digest("hex") };
}

export interface Host {
  url: string;
  /** Paths asked for, probes (`HEAD /`) left out. */
  asked: string[];
  close(): void;
}

/** A download host on loopback: answers with the files given, 404 for all else. */
export async function downloadHost(files: Record<string, string | Buffer>): Promise<Host> {
  const asked: string[] = [];
  return listen(asked, (request, response) => {
    if (request.method === "HEAD") return void response.end();
    asked.push(request.url!);
    const content = files[request.url!];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
}

/** A host that takes connections and never answers. */
export const silentHost = (): Promise<Host> => listen([], () => {});

/** A proxy through which every name leads to one host, in `asked` the names. */
export async function proxyTo(host: Host): Promise<Host> {
  const asked: string[] = [];
  const proxy = createServer().on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request.url!);
    const upstream = connect(Number(new URL(host.url).port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) one.on("error", () => other.destroy());
  });
  return serve(proxy, asked);
}

async function listen(asked: string[], answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Host> {
  return serve(createServer(answer), asked);
}

async function serve(server: Server, asked: string[]): Promise<Host> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
