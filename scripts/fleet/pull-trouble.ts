import { isOwnImage, publishedFile } from "../../config/own-images";
import { byHand, storesCommand } from "../../config/stores-command";
import { labels } from "../../stores/labels";
import type { KubeObject } from "../../kube";
import { words } from "../machine/foreign-words";

/**
 * How to mend a pull that failed, if that can be told from the cluster's words: those of containerd, CRI-O and Docker
 * around what the registries say.
 * @param secrets names of the Secrets in the pod's namespace, if they are known
 */
export function pullMend(told: string, image: string, pod: KubeObject, secrets: Set<string> | undefined): string | undefined {
  const absent = pullSecretsOf(pod).filter((name) => secrets && !secrets.has(name));
  if (absent.length > 0) return absentMend(pod, absent);
  // What an image or a token's address is called says nothing about why.
  const said = told.replaceAll(image, "").replace(/"[^"]*"|https?:\/\/\S+/g, "");
  const env = pod.metadata.labels?.[labels.env] ?? "ENV";
  if (words.registries.limited.test(said)) return undefined;
  if (words.registries.missing.test(said)) return missingMend(image, env);
  // Docker Hub says the same of what it does not have.
  if (words.registries.refused.test(said)) return isOwnImage(image) && !hasRegistry(image) ? missingMend(image, env) : refusedMend(pod, env);
  return undefined;
}

const hasRegistry = (image: string) => image.includes("/") && !image.startsWith("docker.io/library/");

export const pullSecretsOf = ({ spec }: KubeObject) => ((spec?.imagePullSecrets ?? []) as { name: string }[]).map(({ name }) => name);

const upAndApply = () => `${storesCommand("cluster up")} && ${storesCommand("apply")}`;

function absentMend({ metadata: { namespace, labels: its } }: KubeObject, absent: string[]): string {
  const stack = `${its?.[labels.env] ?? "ENV"}.${its?.[labels.store] ?? "STORE"}`;
  return `its pull secret ${absent.join(", ")} is missing in namespace ${namespace}: put it back with ${byHand(`pulumi up --refresh --stack ${stack}`)}`;
}

function refusedMend(pod: KubeObject, env: string): string {
  const set = `${byHand(`pulumi config set --stack ${env} --secret storefleet:pullSecret "$(cat dockerconfig.json)"`)} && ${upAndApply()}`;
  const named = pullSecretsOf(pod);
  if (named.length === 0) return `the registry wants a login and the pod has no imagePullSecrets: ${set}`;
  return `the registry refuses the login in its pull secret ${named.join(", ")}, or that has none for this registry: ${set}`;
}

function missingMend(image: string, env: string): string {
  if (!isOwnImage(image)) return `correct the image under images.overrides in Pulumi.${env}.yaml, then ${upAndApply()}`;
  // Pods refer to what published.json says was pushed.
  if (hasRegistry(image)) return `the registry lost it: take its line out of ${publishedFile}, then ${storesCommand("images")} && ${upAndApply()}`;
  return `${storesCommand("images")} loads it into a cluster of this machine; any other needs images.registry in Pulumi.${env}.yaml`;
}
