import type { EnvironmentSettings } from "../../config/environment";
import type { EnvironmentName } from "../../config/names";
import { recordLabels, recordsIn } from "../../config/helm-records";
import { ownReleases, type OwnRelease } from "../../infra/own-parts";
import type { Kube } from "../../kube";

/** A release of an environment as the cluster has it. */
export interface OwnReleaseState extends OwnRelease {
  /** Helm's word in its newest record; undefined while there is none. */
  status?: string;
  /** Deployed, and its Deployment is there and wants pods. */
  whole: boolean;
}

/** The environment's own releases, as Helm and the cluster have them. */
export function readReleases(kube: Kube, env: EnvironmentName, settings: EnvironmentSettings): Promise<OwnReleaseState[]> {
  return Promise.all(
    ownReleases(env, settings).map(async ({ namespace, name }) => {
      const [records, deployment] = await Promise.all([
        kube.list(recordsIn(namespace), { labels: recordLabels(name), metadataOnly: true }),
        kube.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`),
      ]);
      const versionOf = (record: (typeof records)[number]) => Number(record.metadata.labels?.version);
      const status = records.sort((a, b) => versionOf(b) - versionOf(a))[0]?.metadata.labels?.status;
      return { namespace, name, status, whole: status === "deployed" && (deployment?.spec?.replicas ?? 0) > 0 };
    }),
  );
}
