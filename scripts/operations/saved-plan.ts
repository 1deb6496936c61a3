import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { environmentNames } from "../../config/environments";
import { UserError } from "../../config/errors";
import { shellWord, storesCommand } from "../../config/stores-command";
import type { Anew } from "../engine/run-decisions";
import type { Decision } from "../fleet/classify";
import type { Observed } from "../fleet/observe";
import type { Commit } from "../machine/checkout";
import { lookAtHosts } from "./decide";
import type { Fleet } from "./open-fleet";

/** How long a plan may be applied: from Friday's evening to Monday's. What it does not note, such as new orders of a store that goes, is by then another. */
const hoursOfLife = 72;

export const savedPlan = z.object({
  kind: z.literal("storefleet-plan"),
  env: z.string().refine((name) => environmentNames().includes(name)),
  context: z.string(),
  /** Which cluster that was: a context's name may lead to another one by now. */
  cluster: z.string(),
  /** The list, where another one than the environment's own was named. */
  file: z.string().nullable(),
  /** When it was made. */
  made: z.iso.datetime(),
  /** The commit of the checkout that it was made from; null where git did not tell. */
  commit: z.string().nullable(),
  /** Whether files of that checkout were changed and not committed. */
  dirty: z.boolean(),
  /** The list as a whole, with all that its stores come from. */
  list: z.string(),
  stores: z.array(
    z.object({
      name: z.string(),
      action: z.enum(["create", "update", "upgrade", "unchanged", "refused", "delete", "orphan", "protected"]),
      /** What is wanted, and what was there: a plan whose ground has moved is refused. */
      digest: z.string().nullable(),
      found: z.string().nullable(),
      /** Why it is refused. */
      reason: z.string().optional(),
    }),
  ),
});
export type SavedPlan = z.infer<typeof savedPlan>;

export function savedPlanOf(fleet: Fleet, decisions: Pick<Decision, "name" | "action" | "reason">[], at: Commit, file?: string): SavedPlan {
  const stores = decisions.map(({ name, action, reason }) => ({ name, action, reason, ...groundOf(fleet, name, fleet.observed.get(name)) }));
  const { env, cluster: { context } } = fleet.session;
  const origin = "unknown" in at ? { commit: null, dirty: false } : { commit: at.id, dirty: at.dirty };
  return { kind: "storefleet-plan", env, context, cluster: fleet.shared.cluster, file: file === undefined ? null : resolve(file), made: new Date().toISOString(), ...origin, list: listDigest(fleet), stores };
}

const listDigest = ({ wanted }: Fleet) => createHash("sha256").update(JSON.stringify(wanted.map(({ spec, digest }) => [spec.name, digest]))).digest("hex");

function groundOf(fleet: Fleet, name: string, seen: Observed | undefined): { digest: string | null; found: string | null } {
  const releases = seen?.releases.map(({ revision, status }) => `${revision} ${status}`) ?? [];
  const found = seen ? [seen.createdAt, seen.intendedDigest, seen.receipt?.digest, seen.protected && "protected", ...releases].join("/") : null;
  return { digest: fleet.wanted.find(({ spec }) => spec.name === name)?.digest ?? null, found };
}

export function readSavedPlan(file: string): SavedPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} can not be read as a saved plan: ${(error as Error).message}`, `Make one: ${storesCommand("plan --out FILE")}`, "plan-invalid");
  }
  const result = savedPlan.safeParse(content);
  if (!result.success) throw new UserError(`${file} is not a saved plan`, `Make one: ${storesCommand("plan --out FILE")}`, "plan-invalid");
  return result.data;
}

/** What stands beside a plan on the command line says the same, or nothing. */
export function refuseContradiction(plan: SavedPlan, said: { env?: string; file?: string; names: string[] }): void {
  if (said.names.length > 0) throw new UserError(`a plan says itself which stores: ${said.names.join(", ")} can not be named beside it`, `Make one for them: ${storesCommand(`plan ${said.names.map(shellWord).join(" ")} --out FILE`)}`, "usage");
  if (said.env !== undefined && said.env !== plan.env) throw new UserError(`the plan is for ${plan.env}, not for ${said.env}; nothing was done`, undefined, "usage");
  if (said.file !== undefined && resolve(said.file) !== plan.file) {
    throw new UserError(`the plan was made from ${plan.file ?? `the list of ${plan.env}`}, not from ${said.file}; nothing was done`, undefined, "usage");
  }
}

/** A plan is for the commit that it was made from, and for some time. */
export function refuseStale({ made, commit, dirty }: SavedPlan, here: Commit, now = Date.now()): void {
  const hours = (now - Date.parse(made)) / 3_600_000;
  if (hours > hoursOfLife) throw outOfDate(`it was made ${Math.floor(hours)} hours ago, and holds for ${hoursOfLife}`, dirty);
  if (commit === null) return;
  if ("unknown" in here) throw outOfDate(`it was made at commit ${short(commit)}, and which one this checkout is at can not be told: ${here.unknown}`, dirty);
  if (here.id !== commit) throw outOfDate(`it was made at commit ${short(commit)}, and this checkout is at ${short(here.id)}`, dirty);
}

const short = (commit: string) => commit.slice(0, 12);

/** The plan's decisions, if list and fleet are still what the plan was made from. */
export function decisionsOf(plan: SavedPlan, fleet: Fleet): Decision[] {
  const here = { env: fleet.session.env, context: fleet.session.cluster.context };
  if (plan.env !== here.env || plan.context !== here.context) {
    throw new UserError(`the plan is for ${plan.env} on ${plan.context}, not for ${here.env} on ${here.context}`, undefined, "usage");
  }
  if (plan.cluster !== fleet.shared.cluster) throw new UserError(`the plan was made on another cluster than ${here.context} leads to now; nothing was done`, anotherPlan(), "plan-out-of-date");
  const moved = plan.stores.filter((store) => hasMoved(store, fleet, fleet.observed.get(store.name)));
  if (moved.length > 0) throw outOfDate(changed(moved.map(({ name }) => name).join(", ")), plan.dirty);
  if (plan.list !== listDigest(fleet)) throw outOfDate(changed("the list"), plan.dirty);
  return lookAtHosts(fleet, plan.stores.map(({ name, action, reason }) => ({ name, action, ...(reason !== undefined && { reason }), observed: fleet.observed.get(name) })));
}

/** The plan's decision about one store, if that is still what the plan was made from when its turn has come. */
export function decideByPlan(plan: SavedPlan, fleet: Fleet): Anew {
  return (decision, now) => {
    const store = plan.stores.find(({ name }) => name === decision.name);
    if (!store || hasMoved(store, fleet, now)) throw outOfDate(changed(decision.name), plan.dirty);
    return { ...decision, observed: now };
  };
}

function hasMoved({ name, digest, found }: SavedPlan["stores"][number], fleet: Fleet, seen: Observed | undefined): boolean {
  const now = groundOf(fleet, name, seen);
  return now.digest !== digest || now.found !== found;
}

const anotherPlan = () => `Make a new one: ${storesCommand("plan --out FILE")}`;
const changed = (what: string) => `${what} changed since it was made`;
const outOfDate = (why: string, dirty: boolean) =>
  new UserError(`the plan is out of date: ${why}`, [anotherPlan(), ...(dirty ? ["It was made from a checkout with changes that were not committed."] : [])].join("\n"), "plan-out-of-date");
