import { recordLabels, recordsIn } from "../../config/helm-records";
import { secretText, type Kube, type KubeObject } from "../../kube";
import { secretsBeside, type ReleaseName } from "./helm";
import type { Repair } from "./repairs";

/** Where Helm keeps its records unless told otherwise, as this project once had it. */
const secretsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;

/** Whether some release has records that its next upgrade would not find. */
export async function hasOldRecords(kube: Kube, releases: ReleaseName[]): Promise<boolean> {
  const records = await secretsBeside(kube, releases, recordLabels());
  return records.some(({ metadata }) => releases.some(({ namespace, name }) => metadata.namespace === namespace && metadata.labels?.name === name));
}

/** Takes Helm's records along, revision by revision: no pod and no history is lost. Ended half-way, it goes on the next time. */
export const moveRecords: Repair = {
  name: "moved Helm's records from Secrets to ConfigMaps",
  matches: () => false,
  needsLock: true,
  repair: async ({ kube, releases }) => (await Promise.all(releases.map((release) => moveOf(kube, release)))).some(Boolean),
  retry: {},
};

async function moveOf(kube: Kube, release: ReleaseName): Promise<boolean> {
  const records = await kube.list(secretsIn(release.namespace), { labels: recordLabels(release.name) });
  // One that is there already may have got another status since.
  const moved = new Set((await kube.list(recordsIn(release.namespace), { labels: recordLabels(release.name), metadataOnly: true })).map(({ metadata }) => metadata.name));
  for (const record of records.filter(({ metadata }) => !moved.has(metadata.name))) await kube.apply(`${recordsIn(release.namespace)}/${record.metadata.name}`, asConfigMap(record));
  for (const { metadata } of records) await kube.remove(`${secretsIn(release.namespace)}/${metadata.name}`);
  return records.length > 0;
}

/** Helm's own text is the same in both; a Secret only has it in base64 once more. */
function asConfigMap(record: KubeObject): object {
  const { name, namespace, labels } = record.metadata;
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data: { release: secretText(record, "release") } };
}
