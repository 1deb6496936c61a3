import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { environmentNames } from "../../config/environments";
import { UserError } from "../../config/errors";
import { shellWord, storesCommand } from "../../config/stores-command";
import type { Anew } from "../engine/run-decisions";
import type { Decision } from "../fleet/classify";
import type { Observed } from "../fleet/observe";
import { lookAtHosts } from "./decide";
import type { Fleet } from "./open-fleet";

const saved = z.object({
  kind: z.literal("storefleet-plan"),
  env: z.string().refine((name) => environmentNames().includes(name)),
  context: z.string(),
  /** Which cluster that was: a context's name may lead to another one by now. */
  cluster: z.string(),
  /** The list, where another one than the environment's own was named. */
  file: z.string().nullable(),
  stores: z.array(
    z.object({
      name: z.string(),
      action: z.enum(["create", "update", "unchanged", "refused", "delete", "orphan", "protected"]),
      /** What is wanted, and what was there: a plan whose ground has moved is refused. */
      digest: z.string().nullable(),
      found: z.string().nullable(),
      /** Why it is refused. */
      reason: z.string().optional(),
    }),
  ),
});
export type SavedPlan = z.infer<typeof saved>;

export function savedPlanOf(fleet: Fleet, decisions: Pick<Decision, "name" | "action" | "reason">[], file?: string): SavedPlan {
  const stores = decisions.map(({ name, action, reason }) => ({ name, action, reason, ...groundOf(fleet, name, fleet.observed.get(name)) }));
  return { kind: "storefleet-plan", env: fleet.session.env, context: fleet.session.cluster.context, cluster: fleet.shared.cluster, file: file === undefined ? null : resolve(file), stores };
}

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
  const result = saved.safeParse(content);
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

/** The plan's decisions, if list and fleet are still what the plan was made from. */
export function decisionsOf(plan: SavedPlan, fleet: Fleet): Decision[] {
  const here = { env: fleet.session.env, context: fleet.session.cluster.context };
  if (plan.env !== here.env || plan.context !== here.context) {
    throw new UserError(`the plan is for ${plan.env} on ${plan.context}, not for ${here.env} on ${here.context}`, undefined, "usage");
  }
  if (plan.cluster !== fleet.shared.cluster) throw new UserError(`the plan was made on another cluster than ${here.context} leads to now; nothing was done`, anotherPlan(), "plan-out-of-date");
  const moved = plan.stores.filter((store) => hasMoved(store, fleet, fleet.observed.get(store.name)));
  if (moved.length > 0) throw outOfDate(moved.map(({ name }) => name).join(", "));
  return lookAtHosts(fleet, plan.stores.map(({ name, action, reason }) => ({ name, action, ...(reason !== undefined && { reason }), observed: fleet.observed.get(name) })));
}

/** The plan's decision about one store, if that is still what the plan was made from when its turn has come. */
export function decideByPlan(plan: SavedPlan, fleet: Fleet): Anew {
  return (decision, now) => {
    const store = plan.stores.find(({ name }) => name === decision.name);
    if (!store || hasMoved(store, fleet, now)) throw outOfDate(decision.name);
    return { ...decision, observed: now };
  };
}

function hasMoved({ name, digest, found }: SavedPlan["stores"][number], fleet: Fleet, seen: Observed | undefined): boolean {
  const now = groundOf(fleet, name, seen);
  return now.digest !== digest || now.found !== found;
}

const anotherPlan = () => `Make a new one: ${storesCommand("plan --out FILE")}`;
const outOfDate = (names: string) => new UserError(`the plan is out of date: ${names} changed since it was made`, anotherPlan(), "plan-out-of-date");
