import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import { Guardrails } from "../components/guardrails";
import { NetworkIsolation } from "../components/network-isolation";
import { pulumiLabels, storeLabels } from "../components/shared/labels";
import { requireDeployed } from "../components/shared/require-deployed";
import { namespaceOf, stackOf, type EnvironmentName } from "../config/names";
import type { StoreSpec } from "../config/spec";
import { refuseOtherCluster } from "../infra/cluster-identity";
import { clusterProvider, contextOf } from "../infra/cluster-provider";
import { plainError } from "../infra/plainly";
import { backupOf } from "./backup";
import { storeDigest } from "./digest";
import { engineOf } from "./engines";
import { environmentOf, type Environment } from "./environment-outputs";
import { refuseDrawing, secretsFromOutside } from "./from-outside";
import { annotations, labels as marks, receiptName } from "./labels";
import { livingIn, type Living } from "./living";
import { managers } from "./managers";
import { notItsPasswords } from "./not-its-passwords";
import { originOf } from "./origin";
import { isolationOf, wallsOf } from "./walls";

/** What a store's stack tells. */
export interface StoreOutputs {
  url: Output<string>;
  adminUrl: Output<string>;
  namespace: string;
  /** Undefined where only a Secret from outside tells. */
  adminUsername?: Output<string>;
  /** Undefined where it comes from outside. */
  adminPassword?: Output<string>;
}

/** What a store's program takes for granted instead of looking it up. */
export interface Given {
  /** The environment's shared parts, where its stack can not be read: in the preview of a store that has no stack. */
  shared?: Environment;
  /** What lives in the store's namespace, where there is no cluster to ask. */
  living?: Living;
  /** Keep the passwords that the shop runs with, instead of refusing where they are not this state's. */
  adopt?: boolean;
  /** Draw passwords for a shop that had them from outside. */
  drawPasswords?: boolean;
}

/** The program of one store's stack: walls first, then the shop, and the receipt when all of it is ready. */
export async function storeProgram(env: EnvironmentName, spec: StoreSpec, given: Given = {}): Promise<StoreOutputs> {
  const environment = given.shared ?? (await environmentOf(env));
  const { settings } = environment;
  const context = contextOf(env, settings.context);
  const living = given.living ?? livingIn(namespaceOf(env, spec.name), context);
  refuseOtherCluster(env, context, environment.cluster, await living.cluster());
  const opts = { provider: clusterProvider(env, settings.context) };
  const engine = engineOf(spec, settings);
  const labels = storeLabels({ store: spec.name, env, engine: spec.engine });
  const digest = storeDigest(spec, environment);
  const live = await living.walls();
  if (!given.drawPasswords) refuseDrawing(env, spec, settings, live.outside);
  const walls = wallsOf(spec, settings, digest, live);

  const { namespace, uid } = new Guardrails(
    "guardrails",
    {
      namespace: namespaceOf(env, spec.name),
      quota: walls.quota,
      quotaAnnotations: walls.sizes === undefined ? undefined : { [annotations.sizes]: walls.sizes },
      limits: { max: walls.containerMax },
      labels: { ...spec.labels, ...labels },
      annotations: {
        [annotations.digest]: digest,
        [annotations.protected]: String(spec.protected),
        [annotations.suspended]: String(spec.suspended),
      },
      managers: { ...managers, inEffect: living.mayManage },
      protect: spec.protected,
    },
    opts,
  );
  const isolation = new NetworkIsolation(
    "network-isolation",
    { namespace, ...isolationOf(spec.engine, settings), labels },
    opts,
  );
  const outside = await secretsFromOutside(spec, settings, { namespace, namespaceName: namespaceOf(env, spec.name), labels, living }, opts);
  const secrets = { secret: living.secret, adopt: given.adopt, refusal: plainError(notItsPasswords(env, spec.name)) };
  const place = { env, namespace, labels, secrets: outside, living: secrets, smtpRevision: environment.secretRevisions.smtpPassword, ...copySecrets(environment, namespace, labels, opts) };
  const shop = engine.create(place, { ...opts, dependsOn: [isolation] });
  await shop.installed;
  const { backup } = settings;
  const backups = backup && environment.backupKey
    ? [backupOf(spec, { ...settings, backup }, { namespace, namespaceUid: uid, labels, recoveryKey: environment.backupKey, secrets: outside, imagePullSecret: place.imagePullSecret }, { ...opts, dependsOn: [isolation] })]
    : [];

  new ConfigMap(
    "receipt",
    {
      metadata: { name: receiptName, namespace, labels: { ...pulumiLabels(labels, "receipt"), [marks.receipt]: "true" } },
      data: {
        digest,
        origin: JSON.stringify(originOf(spec, environment)),
        store: spec.name,
        engine: spec.engine,
        stack: stackOf(env, spec.name),
        url: shop.url,
        adminUrl: shop.adminUrl,
        ...(shop.adminUsername && { adminUsername: shop.adminUsername }),
        ...(Object.keys(outside).length > 0 && { outsideSecrets: JSON.stringify(outside) }),
        ...(walls.held !== undefined && { held: walls.held }),
        release: shop.releaseStatus.apply((status) => requireDeployed(status, shop)),
      },
    },
    { ...opts, dependsOn: [shop, ...backups] },
  );

  const { url, adminUrl, adminUsername, adminPassword } = shop;
  return { url, adminUrl, namespace: namespaceOf(env, spec.name), ...(adminUsername && { adminUsername }), ...(adminPassword && { adminPassword }) };
}

/** Copies the environment's secrets to where the store's pods can refer to them by name. */
function copySecrets({ settings, pullSecret, smtpPassword }: Environment, namespace: Output<string>, labels: Record<string, string>, opts: CustomResourceOptions) {
  const copy = (name: string, stringData: Record<string, Output<string>>, type?: string) => {
    const metadata = { name, namespace, labels: pulumiLabels(labels, "environment") };
    return new Secret(name, { metadata, type, stringData }, opts).metadata.name;
  };
  return {
    imagePullSecret: pullSecret && copy("image-pull", { ".dockerconfigjson": pullSecret }, "kubernetes.io/dockerconfigjson"),
    smtpSecret: settings.smtp.username !== undefined && smtpPassword ? copy("smtp", { password: smtpPassword }) : undefined,
  };
}
