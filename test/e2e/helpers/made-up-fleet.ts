import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addEntry, patchEntry, removeEntry } from "../../../config/edit-list";
import { UserError } from "../../../config/errors";
import { listen } from "../../../scripts/api/listen";
import { readSite } from "../../../scripts/api/http/site";
import { builtDashboard } from "../../../scripts/operations/dashboard";
import type { Operation } from "../../../scripts/operations/history";
import { checkedList } from "../../../scripts/operations/list-edit";
import { digestOfText, entriesIn, readListText, writtenIn, type ListText } from "../../../scripts/operations/list-text";
import type { StoreStatus } from "../../../scripts/operations/status";
import { ApiClient, operationOf, rowOf } from "../../unit/helpers/api-client";

const env = "local";
const phases = ["READY", "READY", "READY", "READY", "READY", "READY", "FAILED", "SUSPENDED"] as const;
const reasons: Partial<Record<StoreStatus["phase"], string>> = { FAILED: "woocommerce-mariadb 0/1 ready: the volume is full (10Gi of 10Gi used)" };

/** Rows of a fleet that has been running for a while. */
export const someStores = (count: number): StoreStatus[] =>
  Array.from({ length: count }, (_, at) => {
    const phase = phases[at % phases.length]!;
    const createdAt = new Date(Date.now() - (at + 1) * 5_400_000).toISOString();
    return rowOf(`shop-${String(at + 1).padStart(4, "0")}`, { engine: at % 3 === 1 ? "medusa" : "woocommerce", plan: ["small", "medium", "large"][at % 3]!, phase, createdAt, reason: reasons[phase] ?? null });
  });

/** The API as it is, over a list in a file and stores that are made up: what is asked for comes about after a moment. */
export class MadeUpFleet {
  readonly client = new ApiClient({ clock: Date.now });
  private readonly folder = mkdtempSync(join(tmpdir(), "storefleet-made-up-"));
  readonly file = join(this.folder, "stores.yaml");
  readonly asked: { what: string; name: string }[] = [];
  private serving?: Awaited<ReturnType<typeof listen>>;
  address = "";
  /** Milliseconds until what is asked for has come about. */
  takes = 600;

  constructor(stores: StoreStatus[], text = listOf(stores)) {
    const { client, file } = this;
    const scope = { env, file } as const;
    writeFileSync(file, text);
    client.faked.stores = stores;
    client.faked.operations = [];
    Object.assign(client.faked.fleet, {
      list: async () => readListText(scope),
      entry: async (name: string) => {
        const text = readFileSync(file, "utf8");
        const found = entriesIn(text).get(name);
        return found && { ...found, written: writtenIn(text, name) };
      },
      pending: async () => [],
      tryEdit: async (edit) => this.tried((text) => ("add" in edit ? addEntry(text, edit.add) : patchEntry(text, edit.change, edit.by))),
      add: async (entry, { ifMatch }) => {
        if (ifMatch !== undefined && readListText(scope).digest !== ifMatch) throw new UserError("the list is another one than it was", undefined, "list-changed");
        this.edit((text) => addEntry(text, entry));
        return this.begin("apply", entry.name, "create", { phase: "PROVISIONING", createdAt: null, reason: "listed, not created yet" }, { phase: "READY", createdAt: new Date().toISOString(), reason: null });
      },
      change: async (name, patch, { ifMatch }) => {
        if (ifMatch !== undefined && entriesIn(readFileSync(file, "utf8")).get(name)?.digest !== ifMatch) throw new UserError(`the entry of ${name} is another one than it was`, undefined, "list-changed");
        this.edit((text) => patchEntry(text, name, patch));
        return this.begin("apply", name, "update", {}, {});
      },
      suspend: async (name, suspended) => {
        this.edit((text) => patchEntry(text, name, { suspended: suspended || null }));
        return this.begin("apply", name, "update", {}, { phase: suspended ? "SUSPENDED" : "READY" });
      },
      remove: async (name) => {
        this.edit((text) => removeEntry(text, name));
        return this.begin("destroy", name, "delete", { phase: "DELETING" }, undefined);
      },
    } satisfies Partial<typeof client.faked.fleet>);
  }

  private tried(by: (text: string) => string): ListText {
    const text = by(readFileSync(this.file, "utf8"));
    checkedList({ env }, this.file, text);
    return { file: this.file, text, digest: digestOfText(text) };
  }

  private edit(by: (text: string) => string): void {
    writeFileSync(this.file, this.tried(by).text);
  }

  private begin(kind: Operation["kind"], name: string, action: string, now: Partial<StoreStatus>, then: Partial<StoreStatus> | undefined): Operation {
    const id = `20261127-${String(120000 + this.asked.push({ what: action, name }))}-aaaa`;
    const requestedAt = new Date().toISOString();
    const operation = operationOf(id, { kind, state: "running", requestedAt, startedAt: requestedAt, stores: { [name]: { action, result: "working", step: "releasing" } } });
    const { faked } = this.client;
    const turn = (its: Partial<StoreStatus>) => (faked.stores = faked.stores.some((it) => it.name === name) ? faked.stores.map((it) => (it.name === name ? { ...it, ...its } : it)) : [...faked.stores, rowOf(name, its)]);
    turn(now);
    faked.operations = [operation, ...faked.operations];
    setTimeout(() => {
      if (then) turn(then);
      else faked.stores = faked.stores.filter((it) => it.name !== name);
      faked.operations = faked.operations.map((it) => (it.id === id ? { ...it, state: "succeeded", endedAt: new Date().toISOString(), stores: { [name]: { action, result: "done", seconds: 1 } } } : it));
    }, this.takes).unref();
    return operation;
  }

  /** As somebody writes it by hand. */
  list(text: string): void {
    writeFileSync(this.file, text);
  }

  /** @param port 0: any */
  async start(port = 0): Promise<void> {
    this.client.api.site = readSite(await builtDashboard(() => undefined));
    this.serving = await listen(this.client.api, { host: "127.0.0.1", port });
    this.address = this.serving.address;
  }

  /** As when the server is gone; `start` with its port brings it back. */
  stop(): void {
    this.serving?.close();
  }

  /** The link that signs in. @param scope of the token; admin has all */
  link = (path = "/", scope = "admin") => `${this.address}${path}#token=${this.client.tokens.get(scope)}`;

  remove(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const listOf = (stores: StoreStatus[]): string =>
  stores.length === 0 ? "stores: []\n" : `# The shops of this machine.\nstores:\n${stores.map(({ name, engine, plan }) => `  - name: ${name}\n    engine: ${engine}\n    plan: ${plan}\n`).join("")}`;
