import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { backupSettings } from "./backup";
import { UserError } from "./errors";
import { fixed } from "./fixed";
import { type Explanation, explainIssues } from "./explain";
import { propertyPath } from "./property-path";
import { leadsHere } from "./host-suffix";
import { type EnvironmentName } from "./names";
import { contradictions, planOverridesSchema, plansWithReplicas } from "./plans";
import { projectRoot } from "./root";
import type { Engine } from "./spec";
import { standardPorts, urlOf } from "./url";
import { variables, type Variables } from "./variables";

/** What the shops of an engine run. */
export const engineImages = {
  woocommerce: ["wordpress", "mariadb"],
  medusa: ["medusa", "medusa-storefront", "postgres", "redis"],
} as const satisfies Record<Engine, readonly string[]>;
/** Images that an environment can replace, for a mirror or another version. */
export const imageNames = [...engineImages.woocommerce, ...engineImages.medusa, "traefik", "mail-catcher", "restic", "rclone", "backup-door"] as const;
export type ImageName = (typeof imageNames)[number];

/** Processors that all images are there for. */
export const imagePlatforms = ["linux/amd64", "linux/arm64"] as const;

/** Where the catcher of an environment with `mailCatcher: true` listens; `infra/` puts it there. */
export const mailCatcher = { namespace: "storefleet-mail", service: "mail-catcher", smtpPort: 1025, httpPort: 8025, loginSecret: "mail-catcher-login" } as const;

const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: "is not a Kubernetes name — use lowercase letters, digits and hyphens" });
/** Namespaces that are never ours to make: the cluster's own, and those that this project makes for something else. */
const isTakenNamespace = (name: string) => name === "default" || /^(kube|store|storefleet)-/.test(name);
/** Classes and issuers are cluster-wide objects, whose names may hold dots. */
const objectName = z.string().max(253).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, { error: "is not a Kubernetes name — use lowercase letters, digits, hyphens and dots" });
const imageReference = z.string().regex(/^[a-z0-9][\w.\-/:@]*$/, { error: 'is not an image — write it like "mariadb:10.11" or "registry.example.com/mariadb:10.11@sha256:…"' });
const registry = z
  .string()
  .regex(/^(?=localhost\b|[^/]*[.:])[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/, {
    error: 'is not a registry — write its host and the path there, without "https://", such as "registry.example.com/shops"',
  });
const imageOverrides = Object.fromEntries(imageNames.map((name) => [name, imageReference])) as Record<ImageName, typeof imageReference>;

const port = z.int().min(1).max(65535);

const ingress = z
  .strictObject({
  className: objectName.default("traefik").describe("IngressClass of the stores' Ingresses."),
  controllerNamespace: label.default("traefik").describe("Namespace of the ingress controller: the only one that reaches the stores from outside."),
  controllerLabels: z.record(z.string(), z.string()).default({ "app.kubernetes.io/name": "traefik" }).describe("Labels of the ingress controller's pods."),
  install: z.boolean().default(false).describe("true: the environment's stack installs Traefik into controllerNamespace."),
  service: z.enum(["NodePort", "LoadBalancer"]).optional()
    .describe("How the installed Traefik is reached. NodePort: on 30080 and 30443 of the nodes; LoadBalancer: on 80 and 443 of what the cluster gives it. Absent: as the context's name suggests."),
  ports: z
    .strictObject({ http: port.default(standardPorts.http), https: port.default(standardPorts.https) })
    .prefault({})
    .describe("Where browsers reach the controller, as addresses have it. Of a kind or k3d cluster it is known."),
  })
  .refine(({ install, controllerNamespace }) => !install || !isTakenNamespace(controllerNamespace), {
    path: ["controllerNamespace"],
    error: "can not be made for Traefik, it is kept for something else — name one of its own, such as traefik, or use the ingress controller that is there: install: false",
  });

const addressRange = z.union([z.cidrv4(), z.cidrv6()], { error: 'is not an address range — write it like "10.42.0.0/16"' });

const smtp = z.strictObject({
  host: z.string().min(1).describe("Host name of the SMTP server."),
  port: port.default(587).describe("587 with STARTTLS, 465 with TLS, 25 or 1025 without."),
  from: z.email({ error: "is not an e-mail address — write it like shop@example.com" }).describe("Sender of the stores' e-mails."),
  cidrs: z.array(addressRange).min(1, { error: 'is empty — leave it out, or name a range like "10.1.2.3/32"' }).optional()
    .describe("Its address ranges, where those are private: stores reach public addresses only. Absent: a host that is an address is reached, too."),
  username: z.string().min(1).optional().describe("Its password is the secret storefleet:smtpPassword."),
});

const tls = z.strictObject({
  issuer: objectName.describe("cert-manager ClusterIssuer of all certificates. It has to be there, and ready, before a store is touched."),
  wildcard: z.boolean().default(false)
    .describe("true: one certificate for all generated hosts, which the issuer has to get by DNS-01; custom domains have one each. Else every host has its own."),
});

/** Each store's passwords have to lie in a place of their own. */
const secretPath = z
  .string()
  .regex(/^[^\s{}]*(\{(store|kind)\}[^\s{}]*)+$/, { error: 'is not a path — write it like "shops/{store}/{kind}"; {store} and {kind} are all that is filled in' })
  .refine((path) => path.includes("{store}") && path.includes("{kind}"), { error: 'has to hold both {store} and {kind} — else several would have the same passwords: write it like "shops/{store}/{kind}"' });

const secretStore = z.strictObject({
  kind: z.enum(["ClusterSecretStore"]).default("ClusterSecretStore").describe("What the secret store is in the cluster."),
  name: objectName.describe("Name of that object."),
  path: secretPath.describe("Where in it the values of a store's Secret of a kind are, such as \"shops/{store}/{kind}\": a property for each key."),
});

export const settingsSchema = z
  .strictObject({
    context: z.string().min(1).optional().describe("kubeconfig context; absent: a local cluster is picked."),
    list: z.enum(["file", "cluster"]).default("file")
      .describe("Where the stores list is at home. file: config/stores.<env>.yaml. cluster: a ConfigMap there, which `stores list push` and `edit` and the API write."),
    ingress: ingress.prefault({}),
    hostSuffix: z
      .string()
      .regex(/^(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/, { error: 'is not a host suffix — write it with a leading dot, such as ".shops.example.com"' })
      .max(190, { error: "is longer than 190 characters — shorten it" })
      .describe("A store's address is store-<name>-<hash> plus this; its wildcard DNS record leads to the ingress."),
    storageClass: objectName.optional().describe("StorageClass of the volumes; absent: the cluster's default. " + fixed.storageClass),
    sharedStorageClass: objectName.optional().describe("StorageClass that many pods mount at once (ReadWriteMany), for uploads; absent: one WordPress pod a store. " + fixed.sharedStorageClass),
    egress: z.enum(["allow", "deny"]).describe("Whether stores reach addresses outside the cluster."),
    clusterCidrs: z
      .array(addressRange)
      .default([])
      .describe("Address ranges of the cluster that are not private ones: stores never reach them."),
    isolation: z.enum(["required", "trust"]).optional()
      .describe("required: `apply` refuses a cluster of which `cluster up` could not see that it enforces network policies. trust: it does not ask. Absent: required, but for `local`."),
    tls: tls.optional().describe("Present: stores answer on https, with certificates of cert-manager."),
    backup: backupSettings.optional().describe("Where the stores are backed up to; absent: they are not. What all backups can be opened with is the secret storefleet:backupKey."),
    helmTimeout: z.int().min(1).max(86400).default(600).describe("Seconds that an installation may take; HELM_TIMEOUT overrides."),
    secrets: z.strictObject({ store: secretStore.describe("A secret store of the External Secrets Operator.") }).optional()
      .describe("Where the passwords of all stores come from; absent: each store's are generated, but for those that its entry in the list names."),
    mailCatcher: z.boolean().default(false).describe("true: the environment's stack runs a mail catcher."),
    parkingPage: z.boolean().default(false)
      .describe("true: the environment's stack runs a page that answers 503 for stores that are suspended or do not run. It is for every host of the ingress class that nobody else answers for."),
    smtp: smtp.optional().describe("SMTP server of the stores; absent: the mail catcher."),
    images: z
      .strictObject({
        registry: registry.optional().describe("Where this project's own images are pushed to and pulled from; absent: they are loaded into a cluster of this machine."),
        platforms: z
          .array(z.enum(imagePlatforms))
          .min(1, { error: `is empty — name at least one of ${imagePlatforms.join(", ")}` })
          .default([...imagePlatforms])
          .describe("Processors of the nodes: what this project's own images are pushed for. Where they are loaded, this machine's own."),
        overrides: z.strictObject(imageOverrides).partial().prefault({}).describe("Images to use in place of the pinned ones."),
      })
      .prefault({}),
    plans: planOverridesSchema.default({}).describe("Plan sizes to change; the rest stays as in config/plans.ts. Volumes: " + fixed.volumes),
  })
  .refine((settings) => settings.mailCatcher || settings.smtp, { path: ["smtp"], error: "is missing — set host and from, or mailCatcher: true" });

export type SmtpSettings = z.infer<typeof smtp>;
/** Settings of an environment with every default filled in. */
export type EnvironmentSettings = Omit<z.infer<typeof settingsSchema>, "smtp"> & { smtp: SmtpSettings };

/** Local clusters in a virtual machine, which bring the ports of a LoadBalancer to this machine, and node ports not all of them. */
const bringsLoadBalancers = /^(docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(-.+)?)$/;

/** How Traefik is reached on the cluster of a context. */
export const ingressServiceOn = (context: string, { service }: EnvironmentSettings["ingress"]) => service ?? (bringsLoadBalancers.test(context) ? "LoadBalancer" : "NodePort");

/** Where the mail catcher of an environment shows what its stores sent. */
export function mailCatcherUrl({ hostSuffix, tls, ingress }: Pick<EnvironmentSettings, "hostSuffix" | "tls" | "ingress">): string {
  return urlOf(`mail${hostSuffix}`, tls !== undefined, ingress.ports);
}

/** Whether one certificate is there for all generated hosts. */
export const hasWildcard = <S extends Pick<EnvironmentSettings, "tls">>(settings: S): settings is S & Required<Pick<EnvironmentSettings, "tls">> => settings.tls?.wildcard === true;

/**
 * Whether readers of the caught mails have to log in, since everybody's password resets are among them: unless their address is one of
 * the reader's own machine.
 */
export const mailNeedsLogin = ({ hostSuffix }: Pick<EnvironmentSettings, "hostSuffix">): boolean => !leadsHere(hostSuffix);

/** `Pulumi.<env>.yaml`, relative to the checkout: the name that error messages use. */
export const settingsFile = (env: EnvironmentName) => `Pulumi.${env}.yaml`;

/** @param of the key below `config` that they stand under, and the file that describes them */
export function settingsError(env: EnvironmentName, explanations: Explanation[], of = { key: "storefleet:settings", describedIn: "config/environment.ts" }): UserError {
  const lines = explanations.map(({ path, message, repair }) => `${settingsFile(env)}: ${propertyPath([of.key, ...path])} ${message} — ${repair}`);
  return new UserError(lines.join("\n"), `Edit ${settingsFile(env)}; every setting is described in ${of.describedIn}.`, "settings-invalid");
}

/** What older files and outputs call `tlsIssuer`. */
export function withRenamed(raw: unknown): unknown {
  const { tlsIssuer, ...settings } = (raw ?? {}) as { tlsIssuer?: unknown; tls?: unknown };
  return tlsIssuer === undefined || settings.tls !== undefined ? raw : { ...settings, tls: { issuer: tlsIssuer } };
}

/** Checks what `storefleet:settings` holds; one UserError names every wrong key. Parsed settings pass unchanged. */
export function parseSettings(env: EnvironmentName, raw: unknown): EnvironmentSettings {
  const result = settingsSchema.safeParse(withRenamed(raw) ?? {}, { reportInput: true });
  if (!result.success) throw settingsError(env, explainIssues(settingsSchema, result.error.issues));
  const settings = result.data;
  const contradicting: Explanation[] = contradictions(settings.plans).map((path) => ({
    path: ["plans", ...path], message: "requests more than its limit", repair: "raise the limit as well, or lower the request",
  }));
  for (const plan of settings.sharedStorageClass ? [] : plansWithReplicas(settings.plans)) {
    contradicting.push({
      path: ["plans", plan, "woocommerce", "wordpress", "replicas"], message: "is more than one pod can share", repair: "set sharedStorageClass, or leave replicas at 1",
    });
  }
  if (contradicting.length > 0) throw settingsError(env, contradicting);
  const catcher = { host: `${mailCatcher.service}.${mailCatcher.namespace}.svc.cluster.local`, port: mailCatcher.smtpPort, from: "shop@example.com" };
  return { ...settings, smtp: settings.smtp ?? catcher };
}

/** Whether stores may only be where the cluster is known to enforce network policies. */
export const requiresIsolation = (env: EnvironmentName, { isolation }: Pick<EnvironmentSettings, "isolation">): boolean => (isolation ?? (env === "local" ? "trust" : "required")) === "required";

/** What the caller's environment overrides. */
export const withOverrides = (settings: EnvironmentSettings, { HELM_TIMEOUT }: Variables = variables): EnvironmentSettings => ({ ...settings, helmTimeout: HELM_TIMEOUT ?? settings.helmTimeout });

/** The ports of this machine's cluster, which the script passes on in STOREFLEET_INGRESS_PORTS, go before those of the settings. */
export const withIngressPorts = (settings: EnvironmentSettings, { STOREFLEET_INGRESS_PORTS: ports }: Variables = variables): EnvironmentSettings =>
  ports ? { ...settings, ingress: { ...settings.ingress, ports } } : settings;

/** What `Pulumi.<env>.yaml` has below `config`. */
export function stackConfig(env: EnvironmentName, folder: string = projectRoot): Record<string, unknown> {
  const file = settingsFile(env);
  try {
    const content = parse(readFileSync(join(folder, file), "utf8")) as { config?: Record<string, unknown> } | null;
    return content?.config ?? {};
  } catch (error) {
    throw new UserError(`${file} can not be read: ${(error as Error).message.split("\n")[0]}`, "It comes with the project: restore it from git, or mend it.", "settings-invalid");
  }
}

/** The settings as the file has them now; for use before the environment's stack is up. */
export const readSettings = (env: EnvironmentName, folder?: string): EnvironmentSettings => withOverrides(parseSettings(env, stackConfig(env, folder)["storefleet:settings"]));
