import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { projectRoot } from "../../../config/root";
import { toolEnvironment } from "../../../scripts/machine/tools";

export interface Outcome {
  code: number;
  /** Everything that was printed. */
  text: string;
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: { [name: string]: unknown };
  outputs?: { [name: string]: unknown };
  initErrors?: string[];
}

/** A Pulumi project of its own in a temporary folder, whose operations run with the stand-in plugins. */
export class PluginProject {
  readonly folder = mkdtempSync(join(tmpdir(), "storefleet-plugins-"));
  readonly environment: NodeJS.ProcessEnv;

  constructor(readonly kubeconfig: string) {
    const plugins = join(this.folder, "plugins");
    for (const name of ["kubernetes", "random"]) {
      const file = join(plugins, `pulumi-resource-${name}`);
      mkdirSync(plugins, { recursive: true });
      writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${join(projectRoot, "dist/test/plugins", name, "main.js")}" "$@"\n`);
      chmodSync(file, 0o755);
    }
    mkdirSync(join(this.folder, "state"));
    symlinkSync(join(projectRoot, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: plugins\nruntime: nodejs\nmain: index.js\n");
    const tools = toolEnvironment();
    this.environment = {
      ...process.env,
      ...tools,
      // In front: also where the real plugins are, this is about the stand-ins.
      PATH: [plugins, tools.PATH].join(delimiter),
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  async start(): Promise<void> {
    const { code, text } = await this.pulumi("stack", "init", "test");
    if (code !== 0) throw new Error(text);
  }

  /** The program of the following operations; `kubernetes`, `random` and `provider` are there for it. */
  program(body: string, providerArgs = "{ enableSecretMutable: true, enableConfigMapMutable: true }"): void {
    writeFileSync(join(this.folder, "index.js"), `
      const core = require("@pulumi/kubernetes/core/v1");
      const networking = require("@pulumi/kubernetes/networking/v1");
      const { Release } = require("@pulumi/kubernetes/helm/v3");
      const { Provider } = require("@pulumi/kubernetes/provider");
      const random = require("@pulumi/random");
      const pulumi = require("@pulumi/pulumi");
      const provider = new Provider("cluster", ${providerArgs});
      ${body}
    `);
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.folder, file, ".."), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  copy(from: string, to: string): void {
    cpSync(from, join(this.folder, to), { recursive: true });
  }

  run(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...this.environment, ...environment }, maxBuffer: 64 * 1024 * 1024 };
      execFile(command, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, text: stdout + stderr + (error && typeof error.code !== "number" ? error.message : "") });
      });
    });
  }

  pulumi(...args: string[]): Promise<Outcome> {
    return this.run("pulumi", [...args, "--non-interactive", "--color", "never"]);
  }

  up = (...args: string[]) => this.pulumi("up", "--yes", "--skip-preview", "--stack", "test", "--diff", ...args);
  preview = (...args: string[]) => this.pulumi("preview", "--stack", "test", "--diff", ...args);
  refresh = (...args: string[]) => this.pulumi("refresh", "--yes", "--skip-preview", "--stack", "test", ...args);
  destroy = (...args: string[]) => this.pulumi("destroy", "--yes", "--skip-preview", "--stack", "test", ...args);

  spawnUp(): ChildProcess {
    return spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", "test", "--non-interactive"], {
      cwd: this.folder, env: this.environment, stdio: "ignore",
    });
  }

  async kubectl(...args: string[]): Promise<string> {
    const { code, text } = await this.run("kubectl", ["--kubeconfig", this.kubeconfig, ...args]);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${text}`);
    return text.trim();
  }

  /** Resources in the state as it lies on disk, secrets as the backend stores them. */
  resources(): StateResource[] {
    const file = join(this.folder, "state/.pulumi/stacks/plugins/test.json");
    const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest?: { resources?: StateResource[] } } };
    return state.checkpoint.latest?.resources ?? [];
  }

  resource(type: string): StateResource {
    const found = this.resources().find((resource) => resource.type === type);
    if (!found) throw new Error(`no ${type} in the state`);
    return found;
  }

  async output(name: string): Promise<unknown> {
    const { text } = await this.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "test");
    return (JSON.parse(text) as { [name: string]: unknown })[name];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
