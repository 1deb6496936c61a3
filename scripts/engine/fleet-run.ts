import { storesCommand } from "../../config/stores-command";
import { listedStores } from "../../stores/listed";
import { UserError } from "../../config/errors";
import { secondsForProducts } from "../../config/catalogue";
import type { EnvironmentName } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { storeDigest } from "../../stores/digest";
import { readEnvironment, type EnvironmentReceipt } from "../fleet/environment";
import type { Wanted } from "../fleet/classify";
import { hostHolders, type HostHolder } from "../fleet/hosts";
import { observeFleet, type Observed } from "../fleet/observe";
import type { Changes } from "./operation";
import { refuseForeignState } from "./described-cluster";
import { Pool } from "./pool";
import type { Engine } from "./reconcile";
import { openSession, workFolder, type Session } from "./session";

/** What a person or a log sees of a run over several stores. */
export interface Progress {
  begin(total: number): void;
  step(store: string, text: string): void;
  end(store: string, text: string, failed: boolean): void;
  close(): void;
}

/** One store's part of a run, as `plan --json` and `apply --json` print it. */
export interface StoreReport {
  name: string;
  action: string;
  changes: Changes;
}

/** The list, and the fleet as the cluster has it, seen together. */
export interface Fleet {
  session: Session;
  shared: EnvironmentReceipt;
  wanted: { spec: StoreSpec; digest: string; engineAt: Wanted["engineAt"] }[];
  observed: Map<string, Observed>;
  holders: HostHolder[];
}

/** Reads the list first: while it is invalid, nothing else is even looked at. */
export async function openFleet(env: EnvironmentName, file?: string): Promise<Fleet> {
  const list = listedStores(env, file);
  const session = await openSession(env);
  const { kube } = session;
  const [shared, observed, holders] = await Promise.all([readEnvironment(kube, env), observeFleet(kube, env), hostHolders(kube)]);
  if (!shared) {
    throw new UserError(
      `the environment's stack "${env}" is not up yet on ${session.cluster.context}`,
      `Bring it up: ${storesCommand("cluster up")}`,
    );
  }
  const wanted = list.stores.map(({ spec, engine }) => ({ spec, digest: storeDigest(spec, shared), engineAt: { file: list.file, ...engine } }));
  return { session, shared, wanted, observed, holders };
}

/** Name → spec of every listed store. */
export const specsOf = (fleet: Fleet) => new Map(fleet.wanted.map(({ spec }) => [spec.name, spec]));

/** Seconds that the installation of the listed store with the most products may take. */
export const longestInstallation = ({ shared, wanted }: Fleet) =>
  shared.settings.helmTimeout + secondsForProducts(wanted.reduce((most, { spec }) => Math.max(most, spec.products.length), 0));

const minutes = 60_000;

/** Opens the worker pool for `body` and closes it after, unless the state is about another cluster. Ctrl-C aborts `signal`. */
export async function withEngine<T>(session: Session, helmTimeout: number, signal: AbortSignal, body: (engine: Engine) => Promise<T>): Promise<T> {
  await refuseForeignState(session, signal);
  const pool = new Pool({
    variables: { ...process.env, ...session.variables },
    // Helm's own wait, twice (uninstall and install), and time for the rest.
    deadline: 2 * helmTimeout * 1000 + 10 * minutes,
  });
  try {
    return await body({ session, pool, workFolder: workFolder(session.env), signal });
  } finally {
    pool.close();
  }
}
