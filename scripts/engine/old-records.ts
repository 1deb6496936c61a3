import { recordLabels, recordsIn } from "../../config/helm-records";
import { secretText, type Kube, type KubeObject } from "../../kube";
import type { ReleaseName } from "./helm";
import type { Repair } from "./repairs";

/** Records that Helm kept as Secrets, as it does unless told otherwise, and as this project once had it. */
const secretsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
const oldRecords = (kube: Kube, { namespace, name }: ReleaseName, metadataOnly: boolean) => kube.list(secretsIn(namespace), { labels: recordLabels(name), metadataOnly });

/** Whether some release has records that its next upgrade would not find. */
export async function hasOldRecords(kube: Kube, releases: ReleaseName[]): Promise<boolean> {
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      // Who may read Secrets in the namespaces of stores only may not ask in one that is not there.
      if (!(await kube.get(`/api/v1/namespaces/${namespace}`))) return [];
      return kube.list(secretsIn(namespace), { labels: recordLabels(), metadataOnly: true });
    }),
  );
  return found.flat().some(({ metadata }) => releases.some(({ namespace, name }) => metadata.namespace === namespace && metadata.labels?.name === name));
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
  const records = await oldRecords(kube, release, false);
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
