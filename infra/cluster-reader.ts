import { Kube } from "../kube";

const clients = new Map<string, Promise<Kube>>();

/** The cluster that a context of the kubeconfig leads to, as the provider finds it. */
export function clusterAt(context: string): Promise<Kube> {
  const client = clients.get(context) ?? Kube.open(undefined, context);
  clients.set(context, client);
  return client;
}
