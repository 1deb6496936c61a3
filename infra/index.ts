import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import { all, Config, type Input, type Output, type Resource } from "@pulumi/pulumi";
import { BackupGateway } from "../components/backup-gateway";
import { ControlPlane } from "../components/control-plane";
import { Guardrails } from "../components/guardrails";
import { MailCatcher } from "../components/mail-catcher";
import { environmentLabels, pulumiLabels } from "../components/shared/labels";
import { backupPlace } from "../config/backup";
import { readControlPlane, type ControlPlaneSettings } from "../config/control-plane";
import { requireDeployed } from "../components/shared/require-deployed";
import { ParkingPage } from "../components/parking-page";
import { parkingPage } from "../components/parking-page/names";
import { Traefik } from "../components/traefik";
import { hasWildcard, ingressServiceOn, mailCatcher, mailNeedsLogin, parseSettings, withIngressPorts, withOverrides, type EnvironmentSettings } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import { type EnvironmentName } from "../config/names";
import { withOwnImages } from "../config/own-images";
import { variables } from "../config/variables";
import { requireAccounts } from "./accounts";
import { requireIssuer } from "./certificates";
import { clusterMark, refuseOtherCluster } from "./cluster-identity";
import { clusterProvider, contextOf } from "./cluster-provider";
import { control, keepers, recorders } from "./control";
import { accountsNamespace } from "./deployers";
import { controlPlaneDigest, environmentDigest, environmentReceipt, secretRevisions, type SecretRevisions } from "./digest";
import { finderIn } from "./existing-objects";
import { ownReleases, refuseForeign } from "./own-parts";
import { requireExistingParts, requireSecretStore } from "./required-parts";
import { backupSecrets, type BackupSecrets } from "./backup-secrets";
import { describedCluster } from "./cluster-of-outputs";
import { wildcardIngress } from "./wildcard-ingress";

/** What stores' stacks read from their environment's stack. */
export interface EnvironmentOutputs {
  /** The checked settings, defaults and the project's own images filled in. */
  settings: EnvironmentSettings;
  /** The `uid` of the cluster's `kube-system`: the state is about this cluster and no other. */
  cluster: string;
  /** A `.dockerconfigjson` for the stores' namespaces. */
  pullSecret?: Output<string>;
  smtpPassword?: Output<string>;
  /** What all backups can be opened with. */
  backupKey?: Output<string>;
  /** By name of a secret: what changes with it. */
  secretRevisions: SecretRevisions;
  /** Where the mail catcher shows what the stores sent. */
  mailUrl?: Output<string>;
  /** Where the dashboard is, where it runs in the cluster. */
  fleetUrl?: string;
}

/** What the parts of one environment share. */
interface Context {
  settings: EnvironmentSettings;
  /** The kubeconfig context of the cluster. */
  inCluster: string;
  labels: Record<string, string>;
  timeout: number;
  opts: { provider: Provider; dependsOn?: Resource[] };
}

/**
 * The program of an environment's stack: the cluster's shared parts, and its settings for the stores' stacks.
 * @param finder how to look for what exists already
 */
export async function environment(env: EnvironmentName, finder = finderIn): Promise<EnvironmentOutputs> {
  const config = new Config();
  const revisions = secretRevisions(env);
  const settings = withIngressPorts(withOwnImages(env, parseSettings(env, config.requireObject("settings"))));
  const inCluster = contextOf(env, settings.context);
  const find = await finder(inCluster);
  const cluster = (await find(clusterMark))?.metadata?.uid ?? "";
  if (!variables.STOREFLEET_MOVE) refuseOtherCluster(env, inCluster, await describedCluster(env), cluster);
  await refuseForeign(env, settings, find);
  await requireIssuer(env, settings, find);
  await requireSecretStore(env, settings, find);
  await requireAccounts(env, find);
  const digest = environmentDigest(env);
  const context: Context = {
    settings,
    inCluster,
    labels: environmentLabels(env),
    timeout: withOverrides(settings).helmTimeout,
    opts: { provider: clusterProvider(env, settings.context) },
  };

  const existing = requireExistingParts(settings, context.opts);
  const system = systemNamespace(context, digest);
  const inside: Context = { ...context, opts: { ...context.opts, dependsOn: [system] } };
  const records = recordsNamespace(context);
  const certificates = hasWildcard(settings) ? [wildcardIngress(settings, system.namespace, context.labels, inside.opts)] : [];
  const traefik = settings.ingress.install ? installTraefik(inside) : undefined;
  const mail = settings.mailCatcher ? installMailCatcher(inside) : undefined;
  const pullSecret = config.getSecret("pullSecret");
  const parking = settings.parkingPage ? installParkingPage(inside, pullSecret) : undefined;
  const held = backupSecrets(env, settings, config);
  const backups = held ? installBackupGateway(held, inside) : undefined;
  const asked = readControlPlane(env);
  const fleet = asked ? installControlPlane(env, asked, { ...context, opts: { ...context.opts, dependsOn: [records] } }) : undefined;
  const installed = [traefik, mail, parking, backups, fleet].filter((it) => it !== undefined);
  writeReceipt(context, system.namespace, [...existing, records, ...certificates, ...installed], {
    environment: env,
    cluster,
    digest,
    controlPlane: controlPlaneDigest(env),
    settings: JSON.stringify(settings),
    secretRevisions: JSON.stringify(revisions),
    releases: all(installed.map((it) => it.releaseStatus)).apply((statuses) =>
      ownReleases(env, settings).map(({ namespace, name }, index) => requireDeployed(statuses[index] as string, installed[index], `${namespace}/${name}`)).join(),
    ),
  });

  const smtpPassword = config.getSecret("smtpPassword");
  // The engine warns about outputs without a value.
  return {
    settings,
    cluster,
    secretRevisions: revisions,
    ...(pullSecret && { pullSecret }),
    ...(smtpPassword && { smtpPassword }),
    ...(held && { backupKey: held.backupKey }),
    ...(mail && { mailUrl: mail.url }),
    ...(fleet && { fleetUrl: fleet.url }),
  };
}

function installTraefik({ settings, inCluster, labels, timeout, opts }: Context): Traefik {
  const service = ingressServiceOn(inCluster, settings.ingress);
  const { namespace } = new Guardrails(
    "ingress",
    {
      namespace: settings.ingress.controllerNamespace,
      // A LoadBalancer has node ports, too.
      quota: { ...systemQuota, "services.nodeports": "2", ...(service === "LoadBalancer" && { "services.loadbalancers": "1" }) },
      labels,
    },
    opts,
  );
  return new Traefik(
    "traefik",
    {
      namespace,
      className: settings.ingress.className,
      service,
      chartDigest: filesDigest(["components/traefik/chart"]),
      image: settings.images.overrides.traefik,
      timeout,
      labels,
    },
    opts,
  );
}

function installMailCatcher({ settings, labels, timeout, opts }: Context): MailCatcher {
  const { namespace } = new Guardrails("mail", { namespace: mailCatcher.namespace, quota: systemQuota, labels }, opts);
  return new MailCatcher(
    "mail-catcher",
    {
      namespace,
      service: mailCatcher.service,
      smtpPort: mailCatcher.smtpPort,
      httpPort: mailCatcher.httpPort,
      host: `mail${settings.hostSuffix}`,
      ingressClass: settings.ingress.className,
      ingressNamespace: settings.ingress.controllerNamespace,
      chartDigest: filesDigest(["components/mail-catcher/chart"]),
      loginSecret: mailNeedsLogin(settings) ? mailCatcher.loginSecret : undefined,
      tls: settings.tls,
      ports: settings.ingress.ports,
      image: settings.images.overrides["mail-catcher"],
      timeout,
      labels,
    },
    opts,
  );
}

/** By the image of the storefront, which is there wherever Medusa shops can be: of what it has only Node is used. */
function installParkingPage({ settings, labels, timeout, opts }: Context, pullSecret: Output<string> | undefined): ParkingPage {
  const { namespace } = new Guardrails("parking", { namespace: parkingPage.namespace, quota: systemQuota, labels }, opts);
  return new ParkingPage(
    "parking-page",
    {
      namespace,
      ingressClass: settings.ingress.className,
      ingressNamespace: settings.ingress.controllerNamespace,
      chartDigest: filesDigest(["components/parking-page/chart"]),
      image: settings.images.overrides["medusa-storefront"],
      pullSecret,
      timeout,
      labels,
    },
    opts,
  );
}

/** The namespace stays when the setting goes, and all backups with it: where they are on its volume, it would take them along. */
function installBackupGateway({ backup, backupKey, bucketLogin }: BackupSecrets, { settings, labels, timeout, opts }: Context): BackupGateway {
  const { volume, bucket } = backup;
  const { namespace } = new Guardrails("backups", { namespace: backupPlace.namespace, quota: backupQuota(volume), labels, managers: keepers, protect: volume !== undefined }, opts);
  const { rclone, restic, "backup-door": node } = settings.images.overrides;
  return new BackupGateway(
    "backup-gateway",
    {
      namespace,
      release: backupPlace.release,
      port: backupPlace.port,
      keysSecret: backupPlace.keys,
      recoveryKey: backupKey,
      volume,
      storageClass: settings.storageClass,
      bucket: bucket && bucketLogin && { ...bucket, ...bucketLogin },
      chartDigest: filesDigest(["components/backup-gateway/chart"]),
      images: { rclone, restic, node },
      timeout,
      labels,
    },
    opts,
  );
}

/** Beside the accounts that it runs as, which an administrator made: `stores rbac --control-plane`. */
function installControlPlane(env: EnvironmentName, { image, host, variables }: ControlPlaneSettings, { settings, inCluster, labels, timeout, opts }: Context): ControlPlane {
  return new ControlPlane(
    "control-plane",
    {
      namespace: accountsNamespace,
      image,
      environment: env,
      context: inCluster,
      host: host ?? `fleet${settings.hostSuffix}`,
      ingressClass: settings.ingress.className,
      ingressNamespace: settings.ingress.controllerNamespace,
      variables,
      chartDigest: filesDigest(["components/control-plane/chart"]),
      tls: settings.tls,
      ports: settings.ingress.ports,
      timeout,
      labels,
    },
    opts,
  );
}

/** The first thing to be written says where this operation is heading. */
function systemNamespace({ labels, opts }: Context, digest: string): Guardrails {
  const { namespace, annotation } = environmentReceipt;
  return new Guardrails("system", { namespace, quota: { pods: "0" }, labels, annotations: { [annotation]: digest } }, opts);
}

/** Before any store is touched there is a place to record it. */
const recordsNamespace = ({ labels, opts }: Context): Guardrails => new Guardrails("records", { namespace: control.namespace, quota: { pods: "0" }, labels, managers: recorders }, opts);

/** From it the script knows, without Pulumi, whether the environment's stack is up to date, and what stores get. */
function writeReceipt({ labels, opts }: Context, namespace: Output<string>, after: Resource[], data: Record<string, Input<string>>): void {
  new ConfigMap(
    "receipt",
    {
      metadata: { name: environmentReceipt.name, namespace, labels: pulumiLabels(labels, "receipt") },
      data,
    },
    { ...opts, dependsOn: after },
  );
}

/** The gateway with a roll-out of it, and those that look and clear up. */
const backupQuota = (volume?: string) => ({
  ...systemQuota, pods: "6", "requests.cpu": "1", "requests.memory": "1Gi", "limits.memory": "4Gi", "limits.ephemeral-storage": "8Gi",
  persistentvolumeclaims: "1", "requests.storage": volume ?? "0",
});

/** One small Deployment, a roll-out of it included. */
const systemQuota = {
  pods: "4",
  "requests.cpu": "500m",
  "requests.memory": "512Mi",
  "limits.memory": "1Gi",
  "requests.ephemeral-storage": "1Gi",
  "limits.ephemeral-storage": "2Gi",
  persistentvolumeclaims: "0",
  "services.nodeports": "0",
  "services.loadbalancers": "0",
};
