import { quantity } from "../../config/quantity";
import type { Session } from "../engine/session";
import type { Observed } from "../fleet/observe";
import { forEachLimited } from "../machine/os/limited";
import { run as runCommand, type Run } from "../machine/os/run";
import { toolPath } from "../machine/tools";
import { ordersQuestion, partOf, prepared } from "../shops/inside";
import { findContainer, kubectlExec } from "./inside";

/** What goes with a store; null what can not be told. */
export interface DoomedStore {
  name: string;
  /** Of its namespace, ISO 8601; null where the cluster has none. */
  createdAt: string | null;
  /** The volumes that it claims, and their bytes. */
  volumes: { count: number; bytes: number } | null;
  orders: number | null;
}

/** Milliseconds for the orders of one store, and of all: a question must not wait for a shop that does not answer. */
const patience = { store: 5000, all: 20_000 };

/** Looks at what would be lost with each store; never fails for what can not be told. */
export async function lookAtDoomed(session: Session, doomed: { name: string; observed?: Observed }[], run: Run = runCommand): Promise<DoomedStore[]> {
  const signal = AbortSignal.timeout(patience.all);
  const found = new Map<string, DoomedStore>();
  await forEachLimited(doomed, 8, new AbortController().signal, async ({ name, observed }) => {
    const [volumes, orders] = observed ? await Promise.all([volumesOf(session, observed), ordersOf(session, observed, run, signal)]) : [{ count: 0, bytes: 0 }, null];
    found.set(name, { name, createdAt: observed?.createdAt ?? null, volumes, orders });
  });
  return doomed.map(({ name }) => found.get(name) as DoomedStore);
}

async function volumesOf({ kube }: Session, { namespace }: Observed): Promise<DoomedStore["volumes"]> {
  try {
    const claims = await kube.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
    const sizes = claims.map(({ spec, status }) => quantity(status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? "0"));
    return { count: claims.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } catch {
    return null;
  }
}

/** Asked from the shop's database, in its pod. Simulated pods have none. */
async function ordersOf(session: Session, store: Observed, run: Run, signal: AbortSignal): Promise<number | null> {
  const question = ordersQuestion(store.engine);
  const part = question && partOf(store.engine, question.part);
  const kubectl = toolPath("kubectl");
  if (!part || !kubectl || session.cluster.simulated || signal.aborted) return null;
  try {
    const place = await findContainer(session, store, part.container);
    const { code, stdout } = await run(kubectl, kubectlExec(session, store, place, prepared(part, question.command)), { timeout: patience.store, signal });
    const answer = stdout.trim();
    return code === 0 && /^\d+$/.test(answer) ? Number(answer) : null;
  } catch {
    return null;
  }
}
