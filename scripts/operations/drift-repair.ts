import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import type { Repair } from "../engine/repairs";
import { withRunContext } from "../engine/run-context";
import { runDecisions, type Anew } from "../engine/run-decisions";
import type { Finding } from "../fleet/drift/findings";
import { mendFindings } from "../fleet/drift/mend";
import { textOf } from "../fleet/drift/path";
import { openDrift, type FleetDrift } from "./drift";
import { longestInstallation, openNamed, specsOf } from "./open-fleet";
import { recordedDecisions } from "./records/of-stores";
import type { OperationNote } from "./records/recorded";
import { lanes, type Listener, type Scope } from "./scope";

export interface RepairedStore {
  name: string;
  result: "repaired" | "failed" | "refused" | "cancelled" | "not started";
  seconds: number;
  error: string | null;
}

export interface RepairedFleet extends FleetDrift {
  repaired: RepairedStore[];
  /** Its record; null: there was nothing to do. */
  operation: OperationNote | null;
}

/** More of the fleet than this is asked about: such a drift may be what somebody wants. */
const unasked = 0.1;

const keyOf = ({ expected: { object: { kind, metadata: { name } } }, path, class: its }: Finding) => `${kind}/${name} ${textOf(path)} ${its}`;

/**
 * Mends exactly what is found, and looks that nothing is left. Each store under its stack's lock and the run's claim, as every other change; then
 * Pulumi looks at what it made itself, and makes what is missing.
 * @param consent asked where that is many stores; throws where it is not wanted
 */
export async function repairDrift(scope: Scope, names: string[], consent: (drifted: number, all: number) => Promise<void>, listener: Listener): Promise<RepairedFleet> {
  const { session, look } = await openDrift(scope);
  const { findings, ...found } = await look(names);
  if (findings.size === 0) return { ...found, repaired: [], operation: null };
  const fleet = await openNamed(scope, names, listener.say);
  if (findings.size > unasked * fleet.observed.size) await consent(findings.size, fleet.observed.size);

  const pending = new Set(found.stores.filter((it) => it.pending).map(({ name }) => name));
  const refused = [...findings.keys()].filter((name) => pending.has(name)).map((name): RepairedStore => ({
    name, result: "refused", seconds: 0, error: `it is not as listed yet, and a repair would bring that about as well: ${storesCommand(`apply ${name}`)} first`,
  }));
  const decisions = [...findings.keys()].filter((name) => !pending.has(name)).map((name) => ({ name, action: "update" as const, observed: fleet.observed.get(name) }));
  const mend = (store: string): Repair => ({
    name: "mended what was changed by hand",
    matches: () => false,
    needsLock: true,
    repair: async () => {
      const reported = new Set(findings.get(store)!.map(keyOf));
      const left = ((await look([store])).findings.get(store) ?? []).filter((finding) => reported.has(keyOf(finding)));
      await mendFindings(session.kube, left);
      return left.length > 0;
    },
    retry: {},
  });
  const how = { lanes: lanes(undefined, listener.say), helmTimeout: longestInstallation(fleet) };
  const { stores, operation } = await recordedDecisions(session, "apply", decisions, how, listener, (its, record) =>
    withRunContext(session, how.helmTimeout, its, (context) => runDecisions({ ...context, record, mend }, specsOf(fleet), decisions, asFound, how.lanes, listener.progress)),
  );

  const well = stores.filter(({ error }) => error === null).map(({ name }) => name);
  const after = well.length > 0 ? (await look(well)).stores : [];
  const repaired = stores.map(({ name, result, seconds, error }): RepairedStore => {
    if (result === "cancelled" || result === "not started") return { name, result, seconds, error };
    const left = after.find((it) => it.name === name)?.drift.map(({ object, path }) => `${object} ${path}`.trim()) ?? [];
    const why = error ?? (left.length > 0 ? `still not as it was made: ${left.join(", ")}` : null);
    return { name, result: why === null ? "repaired" : "failed", seconds, error: why };
  });
  return { ...found, repaired: [...repaired, ...refused], operation };
}

/** A store that is another by now, or was changed meanwhile, is left alone. */
const asFound: Anew = ({ name, action, observed }, now) => {
  if (!now || now.uid !== observed?.uid || now.receipt?.digest !== observed.receipt?.digest || now.intendedDigest !== observed.intendedDigest) {
    throw new UserError(`${name} was changed meanwhile, so it is not repaired`, `Look again: ${storesCommand(`drift ${name}`)}`);
  }
  return { name, action, observed: now };
};
