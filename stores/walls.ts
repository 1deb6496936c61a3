import { roomFor as medusaRoom } from "../components/medusa/sizes";
import type { PolicyArgs } from "../components/network-isolation/policies";
import { roomFor as woocommerceRoom } from "../components/woocommerce/sizes";
import type { EnvironmentSettings } from "../config/environment";
import { sizesFor } from "../config/plans";
import type { Engine, StoreSpec } from "../config/spec";
import { backupDemand } from "./backup-room";
import type { LivingWalls } from "./living";
import { mailOf } from "./mail";
import { wallsFor, type Walls } from "./room";

/** Where cert-manager's solver pods answer an HTTP-01 challenge, in the store's own namespace. */
const certificateSolverPort = 8089;

/** Pod ports that the ingress controller connects to; and whether any pod accepts connections of any other, or the engine's chart says who may connect to which. */
const doors: Record<Engine, { httpPorts: number[]; openInside: boolean }> = {
  woocommerce: { httpPorts: [8080], openInside: true },
  // The server's and the storefront's.
  medusa: { httpPorts: [9000, 8000], openInside: false },
};

/** The walls of an operation that sets out for a digest, where these live. */
export function wallsOf({ engine, plan }: Pick<StoreSpec, "engine" | "plan">, settings: EnvironmentSettings, digest: string, live: LivingWalls): Walls {
  const more = backupDemand({ engine, plan }, settings);
  return engine === "woocommerce"
    ? wallsFor(sizesFor("woocommerce", plan, settings), (it) => woocommerceRoom(it, more), digest, live)
    : wallsFor(sizesFor("medusa", plan, settings), (it) => medusaRoom(it, more), digest, live);
}

/** Who may connect to a store's pods, and whom they may connect to. */
export function isolationOf(engine: Engine, settings: EnvironmentSettings): PolicyArgs {
  const { httpPorts, openInside } = doors[engine];
  return {
    ingressNamespace: settings.ingress.controllerNamespace,
    ingressPodLabels: settings.ingress.controllerLabels,
    httpPorts: [...httpPorts, ...(settings.tls ? [certificateSolverPort] : [])],
    openInside,
    egress: settings.egress,
    clusterCidrs: settings.clusterCidrs,
    mail: mailOf(settings),
  };
}
