import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { recordLabels, recordsIn } from "../../../config/helm-records";
import { namespaceOf, stackOf } from "../../../config/names";
import { projectRoot } from "../../../config/root";
import { Kube, type KubeObject } from "../../../kube";
import type { StoreStatus } from "../../../scripts/fleet/status";
import { answers, type Answer } from "../../../scripts/operations/answers";
import { toolsFolder } from "../../../scripts/machine/paths";
import { isSource } from "../../images/sources";
import { commandLine, startedWith } from "./processes";
import { until } from "./until";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** One row of `apply --json`, `destroy --json` and `plan --json`. */
export interface Row {
  name: string;
  action: string;
  changes: { create: number; update: number; replace: number; delete: number };
  result: string;
  seconds: number;
  error: string | null;
  repairs: string[];
}

interface Snapshot {
  checkpoint: { latest?: { resources?: { urn: string; type: string }[]; pending_operations?: unknown[] } };
}

/** What a copy of the project consists of. */
const parts = [
  "config", "kube", "components", "images", "stores", "infra", "scripts", "test/plugins", "index.ts", "index.js", "package.json", "package-lock.json",
  "Pulumi.yaml", "Pulumi.local.yaml", "Pulumi.prod.yaml",
];
const containerTools = ["docker", "podman", "kind", "k3d"];
/** Settings of whoever runs the tests, which must not reach the commands under test. */
const ambient = /^(PULUMI_(?!HOME$)|STOREFLEET_|KUBECONFIG$|HELM_|DOCKER_HOST$)/;

/**
 * A copy of the project with its own embedded cluster, state and list, driven through its `scripts/stores`. A copy,
 * because commands by hand write into a checkout, and so that its programs and charts can be made to fail.
 */
export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), "storefleet-fleet-"));
  readonly project = join(this.folder, "project");
  readonly cache = join(this.folder, "cache");
  /** The files of its state. */
  state = join(this.cache, "environments/local/state");
  private readonly checkout = createHash("sha256").update(this.project).digest("hex").slice(0, 8);
  /** Where the script runs the CLI. */
  readonly workFolder = join(this.cache, "environments/local/work", this.checkout);
  readonly environment: NodeJS.ProcessEnv;
  /** What `stores env` gives. */
  variables: Record<string, string> = {};
  kube!: Kube;
  private readonly running = new Set<ChildProcess>();

  constructor() {
    for (const part of parts) cpSync(join(projectRoot, part), join(this.project, part), { recursive: true, preserveTimestamps: true, filter: isSource });
    symlinkSync(join(projectRoot, "node_modules"), join(this.project, "node_modules"));
    // Compiled as well; but for what a test edits, nothing has to be compiled anew.
    cpSync(join(projectRoot, "dist"), join(this.project, "dist"), { recursive: true, filter: (path) => !/\/dist\/(dashboard|test\/(?!plugins))/.test(path) });
    // Whatever engines this machine has: the embedded cluster it is.
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    for (const tool of containerTools) {
      writeFileSync(join(bin, tool), "#!/bin/sh\nexit 1\n");
      chmodSync(join(bin, tool), 0o755);
    }
    this.environment = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ambient.test(name))),
      PATH: [bin, process.env.PATH].join(delimiter),
      STOREFLEET_CACHE: this.cache,
      STOREFLEET_TOOLS: toolsFolder(),
      HELM_TIMEOUT: "60",
      NO_COLOR: "1",
    };
  }

  /** Writes the stores list. */
  list(...stores: string[]): void {
    writeFileSync(join(this.project, "config/stores.local.yaml"), stores.length > 0 ? `stores:\n${stores.map((it) => `  - ${it}\n`).join("")}` : "stores: []\n");
  }

  /** Changes a file of the copy; the text has to occur once. */
  patch(file: string, before: string, after: string): void {
    const path = join(this.project, file);
    const pieces = readFileSync(path, "utf8").split(before);
    assert.equal(pieces.length, 2, `${file} does not hold once: ${before}`);
    writeFileSync(path, pieces.join(after));
  }

  /** Cluster and environment's stack. */
  async up(): Promise<Ended> {
    const ended = await this.ok("cluster", "up");
    await this.connect();
    return ended;
  }

  /** Learns how the cluster is reached by other means than the script. */
  protected async connect(): Promise<void> {
    this.variables = JSON.parse((await this.ok("env", "--json")).stdout) as Record<string, string>;
    this.kube = await Kube.open(this.variables.KUBECONFIG as string, this.variables.STOREFLEET_CONTEXT as string);
  }

  /** Ends everything that was started, and removes what it left. */
  async remove(): Promise<void> {
    for (const child of this.running) child.kill("SIGKILL");
    for (const pid of this.processes()) process.kill(pid, "SIGKILL");
    await this.stores("cluster", "reset", "--yes");
    rmSync(join(toolsFolder(), `stand-ins-${this.checkout}`), { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a command and returns at once. */
  start(args: string[], environment: NodeJS.ProcessEnv = {}, command = join(this.project, "scripts/stores"), cwd = this.folder) {
    return this.startBare(command, args, { ...this.environment, ...environment }, cwd);
  }

  /** The same, with no other variables than these. */
  startBare(command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string) {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.running.add(child);
    const ended: Ended = { code: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
    const done = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.running.delete(child);
        resolve({ ...ended, code });
      });
    });
    return { child, done, so: ended };
  }

  /** `./scripts/stores …`, from another folder than the project's. */
  stores = (...args: string[]) => this.start(args).done;
  storesWith = (environment: NodeJS.ProcessEnv, ...args: string[]) => this.start(args, environment).done;

  async ok(...args: string[]): Promise<Ended> {
    return succeeded(args, await this.stores(...args));
  }

  /** A command with `--json`, which has to print one document, as its schema has it, and nothing else. */
  async json<T>(...args: string[]): Promise<T> {
    return answerOf(args, (await this.ok(...args, "--json")).stdout) as T;
  }

  /** `status --json`. */
  async status(...names: string[]): Promise<StoreStatus[]> {
    return (await this.json<Answer<"status">>("status", ...names)).stores;
  }

  /** `apply --json`, which may fail; rows by store. */
  async apply(...args: string[]): Promise<{ ended: Ended; rows: Record<string, Row> }> {
    return this.rows(await this.stores("apply", "--json", ...args));
  }

  rows(ended: Ended): { ended: Ended; rows: Record<string, Row> } {
    assert.notEqual(ended.stdout, "", `nothing on standard output, but: ${ended.stderr}`);
    const { stores } = z.union([answers.plan, answers.apply, answers.destroy]).parse(JSON.parse(ended.stdout)) as { stores: Row[] };
    return { ended, rows: Object.fromEntries(stores.map((row) => [row.name, row])) };
  }

  /** The CLI by hand, in the project's folder, with what `stores env` exports. */
  pulumi(...args: string[]): Promise<Ended> {
    return this.start([...args, "--non-interactive", "--color", "never"], this.variables, this.variables.STOREFLEET_PULUMI, this.project).done;
  }

  kubectl = (...args: string[]) => this.tool("kubectl", args);
  helm = (...args: string[]) => this.tool("helm", args);
  private async tool(name: string, args: string[]): Promise<string> {
    return succeeded([name, ...args], await this.start(args, { ...this.variables }, join(toolFolderOf(this.variables, name), name)).done).stdout.trim();
  }

  namespace = (store: string) => namespaceOf("local", store);

  /** Names of a kind in a store's namespace. */
  async names(store: string, kind = "secrets", api = "/api/v1"): Promise<string[]> {
    return (await this.objects(store, kind, api)).map(({ metadata }) => metadata.name);
  }
  objects(store: string, kind: string, api = "/api/v1"): Promise<KubeObject[]> {
    return this.kube.list(`${api}/namespaces/${this.namespace(store)}/${kind}`);
  }

  /** Status of the newest Helm record of a store; undefined while there is none. */
  async helmStatus(store: string): Promise<string | undefined> {
    const records = await this.kube.list(recordsIn(this.namespace(store)), { labels: recordLabels(), metadataOnly: true });
    const newest = records.sort((a, b) => Number(b.metadata.labels?.version) - Number(a.metadata.labels?.version))[0];
    return newest?.metadata.labels?.status;
  }

  private stateFile = (stack: string) => join(this.state, ".pulumi/stacks/storefleet", `${stack}.json`);
  hasStack = (store: string) => existsSync(this.stateFile(stackOf("local", store)));
  /** The state of a store as it lies on disk. */
  stateText = (store: string) => readFileSync(this.stateFile(stackOf("local", store)), "utf8");
  resources(store: string) {
    return (JSON.parse(this.stateText(store)) as Snapshot).checkpoint.latest?.resources ?? [];
  }
  pendingOperations(store: string) {
    return (JSON.parse(this.stateText(store)) as Snapshot).checkpoint.latest?.pending_operations ?? [];
  }
  lockFolder = (store: string) => join(this.state, ".pulumi/locks/organization/storefleet", stackOf("local", store));
  locks(store: string): string[] {
    return existsSync(this.lockFolder(store)) ? readdirSync(this.lockFolder(store)) : [];
  }

  /** Process ids of everything that runs for this fleet but its cluster, whose parts are started with a bare environment. */
  processes = (pattern = /./): number[] => startedWith(`STOREFLEET_CACHE=${this.cache}`).filter((pid) => pattern.test(commandLine(pid)));

  /** The CLI that works on a store's stack right now. */
  cli(store: string): number | undefined {
    return this.processes(/pulumi\0/).find((pid) => commandLine(pid).split("\0").includes(stackOf("local", store)));
  }

  /** Waits until nothing runs for this fleet any more, without ending anything. */
  async quiet(): Promise<void> {
    await until("every process of the fleet has ended", async () => this.processes().length === 0, 60);
  }

  /**
   * The stores are as one undisturbed run would have left them: READY, no lock, nothing pending, recorded once, one
   * namespace, one deployed release, and the program finds no difference, also when the cluster is asked.
   */
  async assertSound(...stores: string[]): Promise<void> {
    const status = await this.status(...stores);
    assert.deepEqual(status.map(({ name, phase, reason }) => [name, phase, reason]), stores.map((name) => [name, "READY", null]));
    for (const store of stores) {
      assert.deepEqual(this.locks(store), [], `${store} is locked`);
      assert.deepEqual(this.pendingOperations(store), [], `${store} has pending operations`);
      const urns = this.resources(store).map(({ urn }) => urn);
      assert.deepEqual(urns.filter((urn, index) => urns.indexOf(urn) !== index), [], `${store} has resources twice`);
      const namespaces = await this.kube.list("/api/v1/namespaces", { labels: `storefleet.dev/store=${store}` });
      assert.deepEqual(namespaces.map(({ metadata }) => metadata.name), [this.namespace(store)]);
      assert.equal(await this.helmStatus(store), "deployed");
    }
    const { stores: planned } = await this.json<{ stores: Row[] }>("plan", "--no-skip", ...stores);
    for (const { name, changes, error } of planned) assert.deepEqual({ name, changes, error: error ?? null }, { name, changes: none, error: null });
  }
}

/** What a command printed with `--json`, checked. */
function answerOf(args: string[], text: string): unknown {
  const command = Object.keys(answers).find((name) => args.slice(0, name.split(" ").length).join(" ") === name) as keyof typeof answers;
  return answers[command].parse(JSON.parse(text));
}

const none = { create: 0, update: 0, replace: 0, delete: 0 };

const toolFolderOf = (variables: Record<string, string>, tool: string) =>
  (variables.PATH ?? "").split(delimiter).find((folder) => existsSync(join(folder, tool))) ?? "";

export function succeeded(args: string[], ended: Ended): Ended {
  assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.stderr}${ended.stdout}`);
  return ended;
}
