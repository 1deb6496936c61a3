import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesDigest } from "../../config/files-digest";
import { projectRoot } from "../../config/root";
import { run } from "../../scripts/machine/os/run";
import { cacheFolder } from "../../scripts/machine/paths";
import { isSource } from "./sources";

/**
 * An image's folder, which is an npm project of its own, copied to where its packages may be installed: outside the checkout,
 * and kept for the next run with the same lock.
 */
export class ImageProject {
  readonly folder: string;
  private readonly source: string;

  constructor(private readonly name: string) {
    this.source = join(projectRoot, "images", name);
    const lock = createHash("sha256").update(readFileSync(join(this.source, "package-lock.json"))).digest("hex").slice(0, 12);
    this.folder = join(cacheFolder(), "images", `${name}-${lock}`);
  }

  /** Copies the sources over those of an earlier run, and installs the packages unless they are there. */
  async prepare(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const mark = join(this.folder, "installed");
    const before = readdirSync(this.folder).map((entry) => join(this.folder, entry));
    for (const path of before) if (isSource(path) && path !== mark) rmSync(path, { recursive: true });
    cpSync(this.source, this.folder, { recursive: true, filter: isSource });
    if (existsSync(mark)) return;
    const quietly = ["--no-audit", "--no-fund"];
    // Some registries lag behind with packages of other platforms, and `npm ci` then refuses a sound lock.
    await this.npm(["ci", ...quietly]).catch(() => this.npm(["install", "--no-package-lock", ...quietly]));
    writeFileSync(mark, "");
  }

  /** Runs npm there. */
  npm(args: string[], env?: Record<string, string>): Promise<void> {
    return this.run("npm", ["--prefix", this.folder, ...args], env);
  }

  /** What a program wrote is the error when it fails. */
  async run(program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
    // Options for the Node that runs these tests are not meant for that one.
    const { code, stdout, stderr } = await run(program, args, { env: { NODE_OPTIONS: "", ...env } });
    if (code !== 0) throw new Error(`images/${this.name}: ${program} ${args.join(" ")} ended with ${code}:\n${`${stdout}\n${stderr}`.slice(-20_000)}`);
  }

  /** The folder that `make` fills; one that was made from the same sources is taken as it is. */
  async built(make: (folder: string) => Promise<void>): Promise<string> {
    const folder = `${this.folder}-built`;
    const mark = join(folder, "made-from");
    const sources = filesDigest([`images/${this.name}`]);
    if (existsSync(mark) && readFileSync(mark, "utf8") === sources) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await make(folder);
    writeFileSync(mark, sources);
    return folder;
  }
}
