import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { freePorts } from "../../scripts/machine/cluster/ports";
import { goProgram } from "../e2e/helpers/go-program";
import { until } from "../e2e/helpers/until";

const manifestTypes = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";

/** The registry that many run themselves (CNCF Distribution), on a loopback port, with one login. */
export class Registry {
  readonly user = "lab";
  readonly password = "it's a \"secret\" $1";
  /** As it stands in image references. */
  host = "";
  private server?: ChildProcess;

  /** @param folder what it stores; whoever made it removes it */
  constructor(private readonly folder: string) {}

  async start(): Promise<void> {
    const binary = goProgram("github.com/distribution/distribution/v3", "3.1.2", "cmd/registry");
    mkdirSync(this.folder, { recursive: true });
    this.host = `127.0.0.1:${(await freePorts([undefined]))[0]}`;
    writeFileSync(join(this.folder, "htpasswd"), `${this.user}:${hashSync(this.password, 5)}\n`);
    // JSON is YAML.
    writeFileSync(join(this.folder, "config.yml"), JSON.stringify({
      version: 0.1,
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: join(this.folder, "data") } },
      http: { addr: this.host, secret: "only here" },
      auth: { htpasswd: { realm: "lab", path: join(this.folder, "htpasswd") } },
    }));
    this.server = spawn(binary, ["serve", join(this.folder, "config.yml")], { stdio: "ignore", env: { ...process.env, OTEL_TRACES_EXPORTER: "none" } });
    await until("the registry answers", async () => (await this.ask("/v2/").catch(() => undefined))?.status === 200);
  }

  stop(): void {
    this.server?.kill("SIGKILL");
  }

  /** A dockerconfig.json with the login, or one that is wrong. */
  login = (password = this.password) => JSON.stringify({ auths: { [this.host]: { auth: this.token(password) } } });

  /** The digest under which it has a tag; null while it has none. */
  async digestOf(repository: string, tag: string): Promise<string | null> {
    return (await this.ask(`/v2/${repository}/manifests/${tag}`, "HEAD")).headers.get("docker-content-digest");
  }

  private ask(path: string, method = "GET") {
    return fetch(`http://${this.host}${path}`, { method, headers: { authorization: `Basic ${this.token(this.password)}`, accept: manifestTypes } });
  }

  private token = (password: string) => Buffer.from(`${this.user}:${password}`).toString("base64");
}
