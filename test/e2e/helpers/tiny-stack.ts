import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { toolEnvironment, toolPath } from "../../../scripts/machine/tools";
import { startedWith } from "./processes";

export interface TinyEnded {
  code: number | null;
  text: string;
}

/** A Pulumi program of many small saves and no cluster, for what a backend does with them. */
export class TinyStack {
  readonly folder = mkdtempSync(join(tmpdir(), "storefleet-tiny-"));
  readonly resources = 12;
  private readonly home = join(this.folder, "home");
  private readonly environment: NodeJS.ProcessEnv;
  private readonly visits = join(this.folder, "visits");

  constructor(readonly name: string, environment: NodeJS.ProcessEnv) {
    this.environment = { ...process.env, ...toolEnvironment(), PULUMI_HOME: this.home, ...environment };
    symlinkSync(join(projectRoot, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: tiny\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(this.visits, "");
    writeFileSync(join(this.folder, "index.js"), `
      const { appendFileSync } = require("node:fs");
      const pulumi = require("@pulumi/pulumi");
      const note = (what) => appendFileSync(${JSON.stringify(this.visits)}, what + " " + process.pid + "\\n");
      note("in");
      process.on("exit", () => note("out"));
      class Part extends pulumi.ComponentResource {
        constructor(name) { super("tiny:index:Part", name, {}); this.registerOutputs({ round: process.env.ROUND }); }
      }
      for (let index = 0; index < ${this.resources}; index++) new Part("part-" + index);
      exports.secret = pulumi.secret("canary-of-the-tiny-stack");
    `);
  }

  /** A command of the CLI about the stack. */
  start(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<TinyEnded> {
    const child = spawn(toolPath("pulumi")!, [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder, env: { ...this.environment, ...environment }, stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    return new Promise((resolve, reject) => child.once("error", reject).once("close", (code) => resolve({ code, text })));
  }

  run = (...args: string[]) => this.start(args);
  /** An update that has something to save each time. */
  up = (round: string) => this.start(["up", "--yes", "--skip-preview", "--stack", this.name], { ROUND: round });

  /** The names of the state's resources; throws where it can not be read. */
  async recorded(): Promise<string[]> {
    const { code, text } = await this.run("stack", "export", "--stack", this.name);
    if (code !== 0) throw new Error(text);
    const { deployment } = JSON.parse(text.slice(text.indexOf("{"))) as { deployment: { resources?: { urn: string }[] } };
    return (deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1)!);
  }

  /** Whether two programs were ever at work at once: each is in only after the one before is out. */
  overlapped(): boolean {
    const inside = new Set<string>();
    return readFileSync(this.visits, "utf8").trim().split("\n").some((line) => {
      const [what, pid] = line.split(" ") as [string, string];
      if (what === "in") inside.add(pid);
      else inside.delete(pid);
      return inside.size > 1;
    });
  }

  /** As if the machine went away. The program has to go, too: it outlives its CLI, and asks for it for ever, as fast as it can. */
  kill(): void {
    for (const pid of startedWith(`PULUMI_HOME=${this.home}`)) process.kill(pid, "SIGKILL");
  }

  remove(): void {
    this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
