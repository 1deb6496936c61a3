import type { EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { requireAccounts } from "../../infra/accounts";
import { requireIssuer } from "../../infra/certificates";
import { controlPlaneDigest, environmentDigest } from "../../infra/digest";
import { ownNamespaces, ownReleases, refuseForeign } from "../../infra/own-parts";
import { readEnvironment } from "../fleet/environment";
import { readReleases, type OwnReleaseState } from "../fleet/environment-parts";
import { troubleIn } from "../fleet/trouble";
import { withAwaitedPods } from "./awaited-pods";
import { refuseForeignState } from "./described-cluster";
import { settleCertificates } from "./certificates";
import { dropRecords, type Repair } from "./repairs";
import { noChanges, type Failure } from "./operation";
import type { Progress } from "./progress";
import { awaitDeletion, perform, type Performed } from "./perform";
import { withRunContext, operationOn, type RunContext } from "./run-context";
import type { Session } from "./session";
import { pathOfPart, type PartName } from "../../infra/part-name";

/**
 * Brings up the environment's own stack, unless the cluster says that it is where its settings and programs want it.
 * @param around keeps the record of what is changed
 */
export async function environmentUp(
  session: Session, settings: EnvironmentSettings, signal: AbortSignal, log: (line: string) => void, around: (work: (signal: AbortSignal) => Promise<Performed>) => Promise<Performed>,
): Promise<void> {
  const { env, kube } = session;
  const find = (part: PartName) => kube.get(pathOfPart(part));
  await refuseForeign(env, settings, find);
  await requireIssuer(env, settings, find);
  await requireAccounts(env, find);
  const [receipt, releases, { described, living }] = await Promise.all([readEnvironment(kube, env), readReleases(kube, env, settings), refuseForeignState(session, signal)]);
  // The receipt is the cluster's; the state may be another one than it was written with, or gone. Stores ask it for the settings.
  const known = receipt !== undefined && described !== undefined && (!described || described === living);
  const intact = releases.every(({ whole }) => whole);
  // The last operation got where it set out for, but Helm or the cluster has something else now: Pulumi's state does not know.
  const changedByHand = !intact && receipt?.digest !== "";
  if (known && intact && receipt.digest === environmentDigest(env) && receipt.controlPlane === controlPlaneDigest(env)) {
    await settleCertificates(kube, env, settings, signal, log);
    return log(`environment ${env}: up to date`);
  }
  log(`environment ${env}: bringing up its stack`);
  const podsOf = async () => (await Promise.all(ownNamespaces(settings).map((namespace) => kube.list(`/api/v1/namespaces/${namespace}/pods`)))).flat();
  const said: Progress = { begin() {}, step: (_, text) => log(`environment ${env}: ${text}`), end() {}, close() {} };
  const progress = withAwaitedPods(said, podsOf, () => env);
  const outcome = await around((its) =>
    withRunContext(session, settings.helmTimeout, { signal: its, say: log }, (context) =>
      bringUp(context, settings, releases, { fresh: !known, refresh: known && changedByHand }, (text) => progress.step(env, text)),
    ),
  ).finally(() => progress.close());
  if (outcome.failure) throw new UserError(`environment ${env}: ${await withReason(session, settings, outcome.failure)}`);
  await settleCertificates(kube, env, settings, signal, log);
  log(`environment ${env}: ready`);
}

async function bringUp(context: RunContext, settings: EnvironmentSettings, releases: OwnReleaseState[], how: { fresh: boolean; refresh: boolean }, onStep: (text: string) => void): Promise<Performed> {
  const { env, kube } = context.session;
  for (const namespace of ownNamespaces(settings)) {
    const deleting = (await kube.get(`/api/v1/namespaces/${namespace}`))?.metadata.deletionTimestamp !== undefined;
    const failure = await awaitDeletion(context, { namespace, deleting }, onStep);
    if (failure) return { changes: noChanges(), steps: [], failure, repairs: [] };
  }
  const first = releases.some(isGutted) ? [reinstall(env, settings)] : [];
  return perform(context, ownReleases(env, settings), { kind: "up", ...operationOn(context, env), ...how }, onStep, first);
}

/** Helm calls it deployed, and the cluster has not got it. */
const isGutted = ({ status, whole }: OwnReleaseState) => status === "deployed" && !whole;

/** Helm would see no difference; without its record it installs again what is missing, and takes over the rest. */
const reinstall = (env: EnvironmentName, settings: EnvironmentSettings): Repair => ({
  name: "installed again what was removed by hand",
  matches: () => false,
  needsLock: true,
  repair: async ({ kube }) => dropRecords(kube, (await readReleases(kube, env, settings)).filter(isGutted), () => true),
  retry: {},
});

/** The pods' own words first: what Pulumi and Helm say is that they waited in vain. */
async function withReason({ kube }: Session, settings: EnvironmentSettings, { kind, message }: Failure): Promise<string> {
  if (kind !== "resource") return message;
  const found = await Promise.all(ownNamespaces(settings).map(async (namespace) => {
    const trouble = await troubleIn(kube, namespace).catch(() => undefined);
    return trouble ? [`${namespace}: ${trouble}`] : [];
  }));
  return [...found.flat(), message].join("\n");
}
