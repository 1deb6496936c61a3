import { createHash } from "node:crypto";
import { chmodSync, createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { expectSuccess, run } from "../os/run";
import { fetchThroughProxy } from "../os/through-proxy";
import type { Log, ToolLocations } from "./locations";
import { withProgress } from "./progress";
import type { Download } from "./table";

const probes = new Map<string, Promise<boolean>>();

/** Whether a host answers at all, within seconds. Asked once in a run. */
export function isReachable(place: ToolLocations, url: string): Promise<boolean> {
  const { origin } = new URL(url);
  const probe =
    probes.get(origin) ??
    import("undici") // before the clock runs
      .then(() => fetchThroughProxy(origin, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(place.probeSeconds * 1000) }))
      .then(() => true, () => false);
  probes.set(origin, probe);
  return probe;
}

/** Asks for a URL; whoever reads the answer calls `alive` for each piece, half a minute of silence ends it. */
async function request(url: string) {
  const abort = new AbortController();
  let timer: NodeJS.Timeout;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(new Error(`no data from ${new URL(url).host} for 30 s`)), 30_000);
  };
  const done = () => clearTimeout(timer);
  alive();
  try {
    const response = await fetchThroughProxy(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
    return { body: response.body, size: Number(response.headers.get("content-length") ?? 0), alive, done };
  } catch (error) {
    done();
    const cause = (error as Error).cause;
    throw cause instanceof Error ? new Error(`${new URL(url).host}: ${cause.message}`) : error;
  }
}

/** The sum that a download must have: from the table, else from the list that its maker publishes. */
async function expectedSum(download: Download): Promise<string> {
  if (download.sha256) return download.sha256;
  if (!download.sums) throw new Error(`${download.url} has no checksum`);
  const { body, done } = await request(download.sums);
  const sums = await text(body).finally(done);
  const sum = sumIn(sums, basename(download.url));
  if (!sum) throw new Error(`${download.sums} names no checksum for ${basename(download.url)}`);
  return sum;
}

/** Reads `<sum>  <file>` lines, or a file that holds nothing but one sum. */
export function sumIn(text: string, file: string): string | undefined {
  const bare = /^[0-9a-f]{64}$/i.exec(text.trim());
  if (bare) return bare[0].toLowerCase();
  const lines = text.split("\n").map((line) => /^([0-9a-f]{64})[ \t]+\*?(?:\.\/)?(\S+)\s*$/i.exec(line));
  return lines.find((line) => line?.[2] === file)?.[1]?.toLowerCase();
}

/** Fetches a tool's binaries into `folder`, verified; throws with the reason when it cannot. */
export async function downloadInto(folder: string, binary: { name: string; version: string; binaries: [string, ...string[]] }, download: Download, log: Log): Promise<void> {
  const expected = await expectedSum(download);
  const file = join(folder, `download-${basename(download.url)}`);
  const { body, size, alive, done } = await request(download.url);
  const hash = createHash("sha256");
  let received = 0;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const status = () => `${binary.name} ${binary.version}: ${megabytes(received)}${size ? ` of ${megabytes(size)}` : ""} downloaded`;
  try {
    await withProgress(log, status, async () => {
      const out = createWriteStream(file);
      const written = finished(out);
      // The writer's own failure (a full disk) is reported by `written`; here it must not go unhandled meanwhile.
      written.catch(() => {});
      for await (const piece of body) {
        alive();
        hash.update(piece);
        received += piece.length;
        if (!out.write(piece)) await Promise.race([new Promise<void>((resolve) => out.once("drain", () => resolve())), written]);
      }
      out.end();
      await written;
    });
  } finally {
    done();
  }
  const actual = hash.digest("hex");
  if (actual !== expected) throw new Error(`${download.url} has the checksum ${actual}, not ${expected}: not used`);

  if (download.archiveFolder === undefined) renameSync(file, join(folder, binary.binaries[0]));
  else {
    const unpacked = join(folder, "unpacked");
    mkdirSync(unpacked);
    expectSuccess(`unpacking ${basename(file)}`, await run("tar", ["-xf", file, "-C", unpacked], { timeout: 10 * 60_000 }));
    for (const name of binary.binaries) renameSync(join(unpacked, download.archiveFolder, name), join(folder, name));
    rmSync(unpacked, { recursive: true });
    rmSync(file);
  }
  for (const name of binary.binaries) chmodSync(join(folder, name), 0o755);
}
