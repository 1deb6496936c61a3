import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { hostOf } from "../../config/names";
import { projectRoot } from "../../config/root";
import { Fleet, succeeded } from "../e2e/helpers/fleet";
import { until } from "../e2e/helpers/until";

const suffix = ".127.0.0.1.nip.io";

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
  milliseconds: number;
}

/** A fleet on a real cluster: the one that KUBECONFIG's current context leads to. docs/lab.md says what it needs. */
export class Lab extends Fleet {
  private readonly kubeconfig = process.env.KUBECONFIG ?? "";

  constructor() {
    super();
    assert.notEqual(this.kubeconfig, "", "KUBECONFIG has to name the lab's cluster: docs/lab.md says how to start it");
    Object.assign(this.environment, { KUBECONFIG: this.kubeconfig, HELM_TIMEOUT: "300" });
    this.settings({});
  }

  /** Writes the environment's settings: those of test/lab/settings.yaml (or LAB_SETTINGS), with these on top; and its secrets. */
  settings(changes: { images?: Record<string, string>; registry?: string; platforms?: string[]; [key: string]: unknown }, secrets: { pullSecret?: string; backupKey?: string } = {}): void {
    const settings = parse(readFileSync(process.env.LAB_SETTINGS ?? join(projectRoot, "test/lab/settings.yaml"), "utf8"));
    const { images, registry, platforms, ...rest } = changes;
    Object.assign(settings, rest);
    Object.assign(settings.images, { registry, platforms });
    Object.assign(settings.images.overrides, images);
    const config = { settings, ...secrets };
    writeFileSync(join(this.project, "Pulumi.local.yaml"), stringify({ config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`storefleet:${key}`, value])) }));
  }

  override async up() {
    const context = parse(readFileSync(this.kubeconfig, "utf8"))["current-context"] as string;
    const ended = await this.ok("cluster", "up", "--context", context);
    await this.connect();
    return ended;
  }

  /** Removes the stores, the environment's own stack, and what was kept on this machine. */
  override async remove(): Promise<void> {
    await this.stores("destroy", "--all", "--yes");
    await this.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local");
    await super.remove();
  }

  host = (store: string) => hostOf("local", store, suffix);

  /** A page of a shop, through the ingress. */
  get(store: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(this.host(store), "GET", path, headers);
  }

  /** Waits until a page is served. The ingress controller hears of pods that are ready a little later than kubectl. */
  serves = (store: string, path: string, seconds = 30) => until(`${store} serves ${path}`, async () => (await this.get(store, path)).status === 200, seconds);

  send(host: string, method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port: 80, method, path, headers: { ...headers, host }, timeout: 30_000 }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, milliseconds: performance.now() - started }));
      });
      call.on("timeout", () => call.destroy(new Error(`${method} ${host}${path}: no answer within 30 s`)));
      call.on("error", reject);
      call.end(body);
    });
  }

  /** kubectl in a store's namespace. */
  inStore = (store: string, ...args: string[]) => this.kubectl("--namespace", this.namespace(store), ...args);

  /** WP-CLI in a pod of its own kind: the set-up's configuration in the web pod. */
  async wp(store: string, ...args: string[]): Promise<string> {
    const env = ["env", "WP_CONFIG_PATH=/usr/src/wordpress/wp-config-docker.php", "HOME=/tmp"];
    return this.inStore(store, "exec", "deploy/woocommerce-wordpress", "--", ...env, "wp", ...args);
  }

  /** SQL in the database of a Medusa shop; rows as lines. */
  sql(store: string, query: string): Promise<string> {
    return this.inStore(store, "exec", "medusa-postgres-0", "--container", "postgres", "--", "env", "PGAPPNAME=lab", "psql", "-U", "postgres", "-d", "medusa", "-qAtc", query);
  }

  async podsOf(store: string): Promise<{ name: string; uid: string; app: string; restarts: number; ready: boolean }[]> {
    return (await this.objects(store, "pods")).map(({ metadata, status }) => ({
      name: metadata.name,
      uid: metadata.uid ?? "",
      app: metadata.labels?.app ?? "",
      restarts: (status?.containerStatuses ?? []).reduce((sum: number, it: { restartCount: number }) => sum + it.restartCount, 0),
      ready: (status?.containerStatuses ?? []).every((it: { ready: boolean }) => it.ready),
    }));
  }

  async statusOf(store: string) {
    return (await this.status(store))[0]!;
  }

  /** `verify` has to pass; returns its document. */
  async verify(store: string) {
    const ended = await this.stores("verify", store, "--json");
    return JSON.parse(succeeded(["verify", store], ended).stdout) as { passed: boolean; seconds: number; steps: { step: string; result: string; seconds: number; detail: string }[] };
  }
}

/** Runs `body`, and says how long it took. */
export async function timed<T>(body: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const started = performance.now();
  const value = await body();
  return { seconds: (performance.now() - started) / 1000, value };
}

/** Figures for people, with the test that they belong to. */
export const say = (text: string) => process.stderr.write(`      ${text}\n`);

export const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
