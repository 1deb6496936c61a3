import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOf } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { decide, type Action, type Decision, type Wanted } from "../fleet/classify";
import { withHosts } from "../fleet/hosts";
import { guard, type Anew } from "./apply";
import { forEachLimited } from "./concurrency";
import { specsOf, type Fleet, type Progress, type StoreReport } from "./fleet-run";
import { noChanges, type Operation, type Outcome, type Step } from "./operation";
import { target, type Engine } from "./reconcile";
import { runCli } from "./run-cli";

export interface PlanOptions {
  prune: boolean;
  skipUnchanged: boolean;
  /** Names to look at; empty: the whole fleet. */
  names: string[];
}

export interface PlannedStore extends StoreReport {
  action: Action;
  /** Resource by resource; `delete` of a whole store has none, since everything goes. */
  resources: Step[];
  /** Why it is refused. */
  reason?: string;
  /** False where the run was ended before its preview was, or the preview failed: what would change is not known. */
  looked: boolean;
  error?: string;
}

/** Every store was looked at; anything less is no plan, and is neither saved nor called one. */
export const isWhole = (planned: PlannedStore[]) => planned.every(({ looked }) => looked);

/** What a run would do with each store, without looking into the stores that change. */
export function decideFleet(fleet: Fleet, { prune, skipUnchanged, names }: PlanOptions): Decision[] {
  const decisions = decide(wantedOf(fleet), fleet.observed, { prune, skipUnchanged });
  return lookAtHosts(fleet, names.length === 0 ? decisions : decisions.filter(({ name }) => names.includes(name)));
}

/** Refuses, or puts in order, what stores would take from each other and from others. */
export function lookAtHosts({ session, shared, wanted, holders }: Fleet, decisions: Decision[]): Decision[] {
  return withHosts(decisions, { env: session.env, hostSuffix: shared.settings.hostSuffix, specs: wanted.map(({ spec }) => spec), holders });
}

const wantedOf = ({ wanted }: Fleet): Wanted[] => wanted.map(({ spec, digest, engineAt }) => ({ name: spec.name, digest, engine: spec.engine, engineAt }));

/** The same for one store, by what is there now. */
export function decideAnew(fleet: Fleet, options: Pick<PlanOptions, "prune" | "skipUnchanged">): Anew {
  const listed = new Map(wantedOf(fleet).map((wanted) => [wanted.name, wanted]));
  return ({ name }, now) => {
    const wanted = listed.get(name);
    const [decision] = decide(wanted ? [wanted] : [], new Map(now ? [[name, now]] : []), options);
    // Neither listed nor there: another run was faster.
    return decision ?? { name, action: "delete" };
  };
}

/** Previews every store that would change; Pulumi is not started for the others. */
export async function planFleet(engine: Engine, fleet: Fleet, options: PlanOptions, concurrency: number, progress: Progress): Promise<PlannedStore[]> {
  const decisions = decideFleet(fleet, options);
  const specs = specsOf(fleet);
  const planned = new Map<string, PlannedStore>();
  const isChanging = ({ action }: Decision) => action === "create" || action === "update";
  for (const decision of decisions) {
    const { name, action, reason } = decision;
    planned.set(name, { name, action, changes: noChanges(), resources: [], reason, looked: !isChanging(decision) });
  }
  const changing = decisions.filter(isChanging);
  const scratch = new Scratch(engine, fleet);

  progress.begin(changing.length);
  try {
    await forEachLimited(changing, concurrency, engine.signal, async ({ name, observed }) => {
      const spec = specs.get(name);
      const entry = planned.get(name);
      if (!spec || !entry) return;
      const { changes, steps, failure } = await guard(() => previewStore(engine, scratch, spec, observed !== undefined, (text) => progress.step(name, text)));
      if (!failure) Object.assign(entry, { changes, resources: steps, looked: true });
      else if (failure.kind !== "cancelled") entry.error = failure.message;
      progress.end(name, failure?.message ?? entry.action, failure !== undefined);
    });
  } finally {
    scratch.remove();
    progress.close();
  }
  return decisions.map(({ name }) => planned.get(name) as PlannedStore);
}

async function previewStore(engine: Engine, scratch: Scratch, spec: StoreSpec, exists: boolean, onStep: (text: string) => void): Promise<Outcome> {
  if (exists) {
    const operation: Operation = { kind: "preview", spec, ...target(engine, stackOf(engine.session.env, spec.name)) };
    const outcome = await engine.pool.run(operation, onStep, engine.signal);
    if (outcome.failure?.kind !== "not-found") return outcome;
  }
  return engine.pool.run(await scratch.operation(spec), onStep, engine.signal);
}

/**
 * A throw-away backend for previewing stores that have no stack yet: a plan leaves nothing behind, not even an
 * empty stack. One stack in it serves every store, since its program is told which store it stands for.
 */
class Scratch {
  private ready?: Promise<void>;
  private readonly folder = mkdtempSync(join(tmpdir(), "storefleet-plan-"));
  private readonly stack = "preview";

  constructor(
    private readonly engine: Engine,
    private readonly fleet: Fleet,
  ) {}

  async operation(spec: StoreSpec): Promise<Operation> {
    await (this.ready ??= this.create());
    return { kind: "preview", spec, ...target(this.engine, this.stack), shared: this.fleet.shared, variables: this.variables };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get variables() {
    return { PULUMI_BACKEND_URL: `file://${this.folder}`, PULUMI_CONFIG_PASSPHRASE: "preview" };
  }

  private async create(): Promise<void> {
    await runCli(this.engine, ["stack", "init", this.stack], "stores that do not exist yet can not be previewed", this.variables);
  }
}
