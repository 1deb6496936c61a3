import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { toolPath } from "../../../scripts/machine/tools";
import { here } from "../../../scripts/machine/tools/locations";
import { findPlugin, pluginVersion } from "../../../scripts/machine/tools/plugins";
import { plugins, type PluginTool } from "../../../scripts/machine/tools/table";
import { isSource } from "../../images/sources";
import type { Ended, Fleet } from "./fleet";

/** What of an exported Stack tells its agent what to do. */
export interface StackSpec {
  stack: string;
  backend: string;
  secretsProvider: string;
  envRefs: Record<string, { literal?: { value: string }; secret?: { name: string; key: string } }>;
  config?: Record<string, string>;
}

/** A folder with what images/runner has in /app, and the operator's agent in it, which runs the stack of a Stack. */
export class Runner {
  private readonly folder: string;
  readonly app: string;
  private readonly before: Map<string, string>;

  /**
   * @param fleet whose project, tools and cluster it has
   * @param secret what the Secret beside the Stacks holds
   */
  constructor(private readonly fleet: Fleet, private readonly secret: Record<string, string>) {
    this.folder = join(fleet.folder, "runner");
    this.app = join(this.folder, "app");
    cpSync(fleet.project, this.app, { recursive: true, preserveTimestamps: true, filter: isSource });
    symlinkSync(join(fleet.project, "node_modules"), join(this.app, "node_modules"));
    execFileSync("sh", ["images/runner/prepare.sh"], { cwd: this.app });
    const place = { ...here(), root: fleet.project, path: fleet.variables.PATH as string };
    mkdirSync(join(this.app, "tools"));
    for (const tool of ["pulumi", "pulumi-language-nodejs"] as const) symlinkSync(toolPath(tool, place)!, join(this.app, "tools", tool));
    // The stand-in installs charts by the helm command; the image has none.
    const helm = dirname(toolPath("helm", place)!);
    for (const tool of Object.keys(plugins) as PluginTool[]) {
      const file = join(this.app, "plugins", `resource-${plugins[tool]}-v${pluginVersion(place, tool)}`, tool);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `#!/bin/sh\nPATH="$PATH:${helm}" exec '${findPlugin(place, tool)!.file}' "$@"\n`);
      chmodSync(file, 0o755);
    }
    mkdirSync(join(this.folder, "tmp"));
    this.before = this.files();
  }

  /** Names, sizes and times of all that the image would have. */
  private files(): Map<string, string> {
    const entries = readdirSync(this.app, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(entries.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file, `${statSync(file).size} ${statSync(file).mtimeMs}`]));
  }

  /** Where an image is read only, this would have failed. */
  assertNothingWritten(): void {
    assert.deepEqual(this.files(), this.before);
  }

  /** The variables of a pod of that account: of the Stack, and nothing of whoever runs the tests. */
  private async variables(spec: StackSpec, account: string): Promise<Record<string, string>> {
    const refs = Object.entries(spec.envRefs).map(([name, { literal, secret }]) => {
      const value = literal ? literal.value : this.secret[secret!.key];
      assert.ok(value !== undefined, `the Secret does not hold ${name}`);
      return [name, value] as const;
    });
    const named = Object.fromEntries(refs);
    return {
      PATH: `${join(this.app, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`, TMPDIR: join(this.folder, "tmp"),
      PULUMI_BACKEND_URL: spec.backend, ...named, KUBECONFIG: await this.kubeconfig(account, named.STOREFLEET_CONTEXT!),
    };
  }

  /** What the image makes of a pod's account, for an API server that is found on this machine. */
  private async kubeconfig(account: string, context: string): Promise<string> {
    const { kube, variables, folder } = this.fleet;
    const { status } = await kube.create(`/api/v1/namespaces/storefleet-access/serviceaccounts/${account}/token`, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } });
    const { clusters } = parse(readFileSync(variables.KUBECONFIG as string, "utf8")) as { clusters: { name: string; cluster: object }[] };
    const [token, file] = [join(folder, `${account}.token`), join(folder, `${account}.kubeconfig`)];
    writeFileSync(token, (status as { token: string }).token);
    writeFileSync(file, JSON.stringify({
      apiVersion: "v1", kind: "Config", clusters: clusters.slice(0, 1), users: [{ name: "pod", user: { tokenFile: token } }],
      contexts: [{ name: context, context: { cluster: clusters[0]!.name, user: "pod" } }],
    }));
    return file;
  }

  /** The CLI as the agent starts it. */
  private async pulumi(variables: Record<string, string>, ...args: string[]): Promise<Ended> {
    return await this.fleet.startBare(join(this.app, "bin/pulumi"), [...args, "--non-interactive", "--color", "never"], variables, this.app).done;
  }

  /** The Stack is reconciled: its stack selected, or made where it is new; its config set; up. */
  async up(spec: StackSpec, account = "deployer"): Promise<Ended> {
    const variables = await this.variables(spec, account);
    const run = (...args: string[]) => this.pulumi(variables, ...args);
    const selected = await run("stack", "select", "--stack", spec.stack);
    if (selected.code !== 0) {
      assert.match(selected.stderr, /no stack named/);
      const made = await run("stack", "init", spec.stack, "--secrets-provider", spec.secretsProvider);
      if (made.code !== 0) return made;
      await run("stack", "select", "--stack", spec.stack);
    }
    const config = Object.entries(spec.config ?? {}).flatMap(([key, value]) => ["--plaintext", `${key.replace(/:(.*)/, ':["$1"]')}=${value}`]);
    if (config.length > 0) {
      const set = await run("config", "set-all", "--stack", spec.stack, "--path", ...config);
      if (set.code !== 0) return set;
    }
    return await run("up", "--yes", "--skip-preview", "--stack", spec.stack);
  }
}
