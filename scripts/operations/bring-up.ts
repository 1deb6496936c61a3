import { readSettings, settingsFile, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { withOwnImages } from "../../config/own-images";
import { refuseForeignShell } from "../../config/shell";
import { storesCommand } from "../../config/stores-command";
import { refuseOtherCluster } from "../../infra/cluster-identity";
import { clusterOfState } from "../engine/described-cluster";
import { environmentUp } from "../engine/environment-up";
import { openSession, pulumiVariables, type Session } from "../engine/session";
import { clusterUid } from "../fleet/environment";
import { currentCluster, clusterUp } from "../machine/cluster";
import { loadMissingImages } from "../machine/images";
import { Kube } from "../../kube";
import { clusterName } from "../machine/paths";
import { ensureTools, operationTools } from "../machine/tools";
import { findOutIsolation } from "./isolation";
import { recordedEnvironment } from "./records/of-environment";
import { ingressRemark, mailRemark } from "./remarks";
import type { Scope, Listener } from "./scope";

export interface Started {
  session: Session;
  settings: EnvironmentSettings;
}

/** Chooses or starts the cluster, and gives it the images that it needs. It may be ended at any moment, and done again. */
export async function startCluster({ env }: Pick<Scope, "env">, { context, move = false }: { context?: string; move?: boolean }, say: Listener["say"]): Promise<Started> {
  refuseForeignShell(env);
  const settings = readSettings(env);
  const named = context ?? settings.context;
  if (settings.context !== undefined && named !== settings.context) say(`note: ${settingsFile(env)} names context ${settings.context}, so other commands need --context ${named} as well to get here`);
  if (env !== "local" && !named && !(await currentCluster(clusterName(env)))) {
    throw new UserError(
      `environment "${env}" names no cluster`,
      `Name its kubeconfig context: ${storesCommand("cluster up", { context: "NAME" })}, or "context" in Pulumi.${env}.yaml`,
      "no-cluster",
    );
  }
  // The environment's stack would refuse an unpublished image as well, but only once a cluster is up.
  withOwnImages(env, settings);
  await ensureTools(operationTools, say);
  const cluster = await clusterUp({ name: clusterName(env), context: named, accept: move ? undefined : (kubeconfig, chosen) => refuseMove(env, kubeconfig, chosen), log: say });
  await loadMissingImages({ settings, cluster, log: say });
  const session = await openSession({ env, context: named });
  if (move) session.variables.STOREFLEET_MOVE = env;
  return { session, settings };
}

/** Brings up the environment's stack on the cluster that was started; a second time it only says that nothing had to be done. */
export async function bringUp({ session, settings }: Started, { say, signal }: Pick<Listener, "say" | "signal">): Promise<void> {
  const { env, cluster } = session;
  const remarkBefore = ingressRemark(env, settings, cluster.context);
  if (remarkBefore) say(remarkBefore);
  await environmentUp(session, settings, signal, say, (work) => recordedEnvironment(session, settings.helmTimeout, { signal, say }, work));
  const remark = await mailRemark(env, settings);
  if (remark) say(remark);
  await findOutIsolation(session, settings, (await clusterUid(session.kube)) ?? "", { say, signal });
}

/** Before a context takes the place of the cluster that the environment is on. */
async function refuseMove(env: EnvironmentName, kubeconfig: string, context: string): Promise<void> {
  const kube = await Kube.open(kubeconfig, context);
  refuseOtherCluster(env, context, await clusterOfState(env, pulumiVariables(env)), await clusterUid(kube));
}
