import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, isListening } from "../../../scripts/machine/cluster/ports";
import { run } from "../../../scripts/machine/os/run";
import { ensureDataStores } from "../../images/data-stores";
import { goProgram } from "./go-program";
import { until } from "./until";

const host = "127.0.0.1";
const freePort = async () => (await freePorts([undefined]))[0]!;
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, host, resolve));

/** One request to the S3 server. */
export interface S3Request {
  operation: string;
  /** The object's key, or the prefix that is listed. */
  key: string;
}

/** An S3 server on a folder, whose objects are files there. */
export class S3 {
  readonly folder = mkdtempSync(join(tmpdir(), "storefleet-s3-"));
  /** The files of its one bucket. */
  readonly bucket = join(this.folder, "objects", "state");
  readonly login = { AWS_ACCESS_KEY_ID: "storefleet", AWS_SECRET_ACCESS_KEY: "of-the-tests-alone", AWS_EC2_METADATA_DISABLED: "true" };
  readonly between = new Between();
  readOnlyPort = 0;
  private readonly log = join(this.folder, "access.log");
  private readonly servers: ChildProcess[] = [];

  async start(): Promise<void> {
    // A bucket has no folders; this server's go with their last object, also from under one that is just being put there.
    const locks = join(this.bucket, ".pulumi/locks/organization");
    for (const project of ["storefleet", "tiny"]) {
      mkdirSync(join(locks, project, "none"), { recursive: true });
      writeFileSync(join(locks, project, "none", "stays"), "");
    }
    const port = await this.serve("--access-log", this.log);
    this.readOnlyPort = await this.serve("--readonly");
    await this.between.start(port);
  }

  private async serve(...options: string[]): Promise<number> {
    const port = await freePort();
    const { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret } = this.login;
    const args = ["--access", access, "--secret", secret, "--port", `${host}:${port}`, "--quiet", ...options, "posix", "--nometa", join(this.folder, "objects")];
    this.servers.push(spawn(goProgram("github.com/versity/versitygw", "1.8.0", "cmd/versitygw"), args, { stdio: "ignore" }));
    await until("the S3 server answers", () => isListening(port));
    return port;
  }

  backend = ({ bucket = "state", port = this.between.port }: { bucket?: string; port?: number } = {}) => `s3://${bucket}?endpoint=http://${host}:${port}&use_path_style=true&region=us-east-1`;

  /** What was asked of it while `work` was under way. */
  async during<T>(work: () => Promise<T>): Promise<{ requests: S3Request[]; result: T }> {
    const before = this.requests().length;
    const result = await work();
    return { result, requests: this.requests().slice(before) };
  }

  private requests(): S3Request[] {
    return readFileSync(this.log, "utf8").split("\n").flatMap((line) => {
      const [, operation = "", key = "", path = ""] = / s3_(\w+) (\S+) (\S+) \d{3} /.exec(line) ?? [];
      return operation ? [{ operation, key: key === "-" ? (new URL(path, "http://s3").searchParams.get("prefix") ?? "") : key }] : [];
    });
  }

  remove(): void {
    this.between.stop();
    for (const server of this.servers) server.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Stands before the S3 server, and may act amid a request. */
export class Between {
  /** Called when half of a stack's state has been sent; true: the rest never is. */
  amidSave?: () => boolean;
  /** Milliseconds that each request takes longer. */
  delay = 0;
  private server?: Server;

  get port(): number {
    return portOf(this.server!);
  }

  async start(port: number): Promise<void> {
    this.server = createServer((request, response) => {
      const { method, url = "", headers } = request;
      const isSave = method === "PUT" && url.includes("/.pulumi/stacks/") && !("x-amz-copy-source" in headers);
      void this.body(request).then((body) => {
        const onward = httpRequest({ host, port, method, path: url, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        onward.on("error", () => response.destroy());
        if (!isSave || !this.amidSave) return onward.end(body);
        onward.write(body.subarray(0, body.length / 2), () => {
          if (!this.amidSave?.()) return onward.end(body.subarray(body.length / 2));
          onward.destroy();
          response.destroy();
        });
      });
    });
    await listen(this.server);
  }

  private async body(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    return Buffer.concat(chunks);
  }

  stop(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

/** What of Vault the CLI uses: keys of the transit engine. It hides nothing; the CLI encrypts by a key of its own, which it has this one wrap. */
export class Vault {
  /** How many requests it still answers; then it answers with `failure`. */
  answers = Infinity;
  failure: [code: number, error: string] = [503, "Vault is sealed"];
  asked = 0;
  private readonly server = createServer((request, response) => void this.answer(request, (code, body) => response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body))));

  private async answer(request: IncomingMessage, reply: (code: number, body: object) => void): Promise<void> {
    const [, , engine, operation] = (request.url ?? "").split("/");
    let text = "";
    for await (const chunk of request) text += String(chunk);
    this.asked += 1;
    if (request.headers["x-vault-token"] !== "of-the-tests" || engine !== "transit") return reply(403, { errors: ["permission denied"] });
    if (this.answers <= 0) return reply(this.failure[0], { errors: [this.failure[1]] });
    this.answers -= 1;
    const { plaintext = "", ciphertext = "" } = JSON.parse(text) as { plaintext?: string; ciphertext?: string };
    const turned = (value: string) => Buffer.from(value, "base64").reverse().toString("base64");
    reply(200, { data: operation === "encrypt" ? { ciphertext: `vault:v1:${turned(plaintext)}` } : { plaintext: turned(ciphertext.replace("vault:v1:", "")) } });
  }

  start = () => listen(this.server);
  get login() {
    return { VAULT_ADDR: `http://${host}:${portOf(this.server)}`, VAULT_TOKEN: "of-the-tests" };
  }
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Debian's PostgreSQL on a loopback port, as a user other than root. */
export class Postgres {
  readonly login = { PGPASSWORD: "of-the-tests-alone" };
  private readonly folder = mkdtempSync(join(tmpdir(), "storefleet-pg-"));
  private server?: ChildProcess;
  private port = 0;

  async start(): Promise<void> {
    await ensureDataStores();
    const packages = "/usr/lib/postgresql";
    const bin = join(packages, readdirSync(packages).sort((a, b) => Number(b) - Number(a))[0]!, "bin");
    const isRoot = process.getuid?.() === 0;
    const asOther = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
    const phrase = join(this.folder, "password");
    writeFileSync(phrase, this.login.PGPASSWORD);
    if (isRoot) {
      const { uid, gid } = await userOf("postgres");
      for (const path of [this.folder, phrase]) chownSync(path, uid, gid);
    }
    const data = join(this.folder, "data");
    const command = (name: string, ...args: string[]) => [...asOther, join(bin, name), "-D", data, ...args] as [string, ...string[]];
    const [file, ...args] = command("initdb", "--username=pulumi", `--pwfile=${phrase}`, "--auth=scram-sha-256", "--no-sync");
    const made = await run(file, args, { cwd: this.folder });
    if (made.code !== 0) throw new Error(made.stderr);
    this.port = await freePort();
    const [program, ...rest] = command("postgres", "-p", String(this.port), "-h", host, "-k", this.folder, "-c", "fsync=off", "-c", "shared_buffers=16MB");
    this.server = spawn(program, rest, { cwd: this.folder, stdio: "ignore" });
    await until("Postgres answers", () => isListening(this.port));
  }

  backend = (database = "postgres") => `postgres://pulumi@${host}:${this.port}/${database}?sslmode=disable`;

  remove(): void {
    this.server?.kill("SIGQUIT");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function userOf(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)));
  return { uid: uid!, gid: gid! };
}

/** Every file below a folder, with its content. */
export const filesBelow = (folder: string): { path: string; text: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false }))
    .map((path) => ({ path, text: readFileSync(path, "latin1") }));
