import { UserError } from "../../../config/errors";
import type { Operation } from "../../../scripts/operations/history";
import { checkedList } from "../../../scripts/operations/list-edit";
import { digestOfText, readListText } from "../../../scripts/operations/list-text";
import type { PlannedStore } from "../../../scripts/operations/plan";
import { operationOf, plannedOf } from "../../unit/helpers/api-client";
import type { MadeUpFleet } from "./made-up-fleet";

/** A store of a plan with a resource of which values differ, and one of which they are not shown. */
export const planned = (name: string, action: PlannedStore["action"]): PlannedStore => ({
  ...plannedOf(name, action),
  ...(action === "update" && {
    why: [{ cause: "entry" as const, key: "plan", from: '"small"', to: '"large"' }],
    changes: { create: 1, update: 1, replace: 0, delete: 0 },
    resources: [
      { op: "update", type: "kubernetes:core/v1:ResourceQuota", name: "quota", diffs: ["spec.hard"], values: [{ path: "spec.hard.pods", from: "10", to: "20" }, { path: "data.key" }], moreValues: 2 },
      { op: "create", type: "kubernetes:helm.sh/v3:Release", name: "woocommerce", diffs: [], values: [], moreValues: 0 },
    ],
  }),
});

/** What is planned and applied in a fleet that is made up, and a list that can be replaced as a whole. */
export class MadeUpPlans {
  /** What the next plan says. */
  says: PlannedStore[] = [];
  /** Why a plan can not be applied any more. */
  moved?: string;
  readonly asked: { plan: string; maxDeletes: number | undefined }[] = [];
  readonly planned: { prune?: boolean | undefined }[] = [];
  private readonly plans = new Map<string, PlannedStore[]>();

  constructor(private readonly fleet: MadeUpFleet) {
    const { client: { faked }, file } = fleet;
    const scope = { env: "local", file } as const;
    Object.assign(faked.fleet, {
      operation: async (id) => {
        const found = faked.operations.find((it) => it.id === id);
        if (!found) throw new UserError(`there is no operation "${id}"`, undefined, "usage");
        return found;
      },
      plan: async (asked) => {
        const id = this.begin({ kind: "plan", stores: {} });
        this.planned.push(asked);
        this.plans.set(id, this.says);
        return faked.operations[0]!;
      },
      planOf: async (id) => {
        const stores = this.plans.get(id);
        if (!stores) throw new UserError(`the plan ${id} is not kept any more`, "Make a new one.", "usage");
        return { stores };
      },
      applyPlan: async (plan, { maxDeletes }) => {
        if (this.moved !== undefined) throw new UserError(`the plan is out of date: ${this.moved}`, "Make a new one: stores plan --out FILE", "plan-out-of-date");
        this.asked.push({ plan, maxDeletes });
        const stores = Object.fromEntries(this.plans.get(plan)!.filter(({ action }) => action !== "unchanged").map(({ name, action }) => [name, { action, result: "working" }]));
        this.begin({ kind: "apply", plan, stores });
        return faked.operations[0]!;
      },
      replaceList: async (text, expected) => {
        if (readListText(scope).digest !== expected) throw new UserError(`${file} was changed meanwhile; nothing was written`, "Look at it as it is now, and do it again.", "list-changed");
        checkedList(scope, file, text);
        fleet.list(text);
        return { file, text, digest: digestOfText(text) };
      },
    } satisfies Partial<typeof faked.fleet>);
  }

  /** @returns the name of an operation that has ended well after a moment */
  private begin(its: Partial<Operation>): string {
    const { faked } = this.fleet.client;
    const id = `20261127-${130000 + faked.operations.length}-aaaa`;
    const requestedAt = new Date().toISOString();
    faked.operations = [operationOf(id, { via: "api", state: "running", requestedAt, startedAt: requestedAt, ...its }), ...faked.operations];
    setTimeout(() => {
      const stores = Object.fromEntries(Object.entries(its.stores ?? {}).map(([name, { action }]) => [name, { action, result: "done", seconds: 1 }]));
      faked.operations = faked.operations.map((it) => (it.id === id ? { ...it, state: "succeeded", endedAt: new Date().toISOString(), stores } : it));
    }, this.fleet.takes).unref();
    return id;
  }
}
