import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

export interface StepResult {
  command: string;
  code: number;
  /** Everything that was printed. */
  text: string;
}

export interface Place {
  /** Where jobs have their checkout, a clone whose `origin` is the repository; ignored files stay from job to job. */
  workspace: string;
  /** For logins, artifacts and the like. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Commands that are not run as they stand, as a whole line, and what is run in their place. */
  standIns: Record<string, string>;
}

/** What both platforms' jobs do on a machine: check out, run a script, keep files for the next job. */
export class Shell {
  private readonly artifacts: string;

  constructor(readonly place: Place) {
    this.artifacts = mkdtempSync(join(place.folder, "artifacts-"));
  }

  checkOut(ref: string): void {
    const git = (...args: string[]) => execFileSync("git", ["-C", this.place.workspace, ...args], { stdio: "pipe" });
    git("fetch", "--quiet", "--depth", "1", "origin", ref);
    git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD");
    git("clean", "--quiet", "-fd");
  }

  /** @param options of bash, as the platform gives them */
  async run(script: string, environment: NodeJS.ProcessEnv, options: string): Promise<StepResult> {
    const lines = script.split("\n").map((line) => this.place.standIns[line.trim()] ?? line);
    const child = spawn("bash", ["--noprofile", "--norc", options, "pipefail", "-c", lines.join("\n")], { cwd: this.place.workspace, env: { ...this.place.environment, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    const code = await new Promise<number>((resolve, reject) => child.on("error", reject).on("close", (ended) => resolve(ended ?? 1)));
    return { command: script.trim(), code, text };
  }

  keep(name: string, path: string): void {
    mkdirSync(join(this.artifacts, name), { recursive: true });
    cpSync(join(this.place.workspace, path), join(this.artifacts, name, basename(path)));
  }

  bringBack(name: string): void {
    cpSync(join(this.artifacts, name), this.place.workspace, { recursive: true });
  }

  /** A file that a job's steps write to, such as their outputs; empty at first. */
  fileFor(name: string): string {
    const file = join(mkdtempSync(join(this.place.folder, "job-")), name);
    rmSync(file, { force: true });
    return file;
  }
}

/** `NAME=value` lines. */
export const assignmentsIn = (file: string): Record<string, string> =>
  existsSync(file) ? Object.fromEntries([...readFileSync(file, "utf8").matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!])) : {};

/**
 * The value of a condition or expression, which is JavaScript but for its names.
 * @param nameAt how a name begins, such as a letter or a dollar sign
 */
export function evaluate(expression: string, nameAt: RegExp, lookUp: (name: string) => unknown, functions: Record<string, (...args: never[]) => unknown> = {}): unknown {
  const tokens = new RegExp(`'[^']*'|"[^"]*"|${nameAt.source}[\\w-]*(?:\\.[\\w*-]+)*`, "g");
  const body = expression.replace(tokens, (token) => (/^['"]/.test(token) || token in functions || /^(true|false)$/.test(token) ? token : `$(${JSON.stringify(token)})`));
  return new Function("$", ...Object.keys(functions), `return (${body});`)(lookUp, ...Object.values(functions)) as unknown;
}
