import { setTimeout as delay } from "node:timers/promises";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { all, runtime, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { pulumiLabels } from "../components/shared/labels";
import type { OutsideSecret as SecretArgs } from "../components/shared/shop-args";
import type { EnvironmentSettings } from "../config/environment";
import { UserError } from "../config/errors";
import type { EnvironmentName } from "../config/names";
import type { StoreSpec } from "../config/spec";
import { storesCommand } from "../config/stores-command";
import type { Living } from "./living";
import { externalSecrets, faultOf, mendOf, outsideSecretsOf, type OutsideNotes, type OutsideSecret } from "./outside-secrets";

/** Milliseconds for the operator: it takes seconds, and a run over a fleet waits with each store. */
const patience = 30_000;

/** Throws where a shop whose passwords come from outside would get drawn ones, and nobody said so. */
export function refuseDrawing(env: EnvironmentName, spec: StoreSpec, settings: EnvironmentSettings, before: OutsideNotes = {}): void {
  const wanted = outsideSecretsOf(spec, settings).map(({ kind }) => kind as string);
  const drawn = Object.keys(before).filter((kind) => !wanted.includes(kind));
  if (drawn.length === 0) return;
  throw new UserError(
    `store ${spec.name} has its Secrets for ${drawn.join(", ")} from outside, and would get passwords that nobody has drawn yet; nothing was changed`,
    `To keep what it has, name them again: secrets: { ${drawn.map((kind) => `${kind}: …`).join(", ")} } in the list, or the secret store in the settings.
To have new ones drawn (the shop's pods start anew; who is logged in has to do so again; an administrator who is in the shop keeps his password): ${storesCommand(`apply ${spec.name} --draw-passwords`, { env })}`,
  );
}

interface Place {
  namespace: Output<string>;
  /** Its name, for people. */
  namespaceName: string;
  labels: Record<string, string>;
  living: Living;
}

/**
 * The Secrets that a store gets from outside, which have to be there with all that they have to hold before anything that needs them is
 * made. Those of the list are not waited for: the namespace is there by then, and who writes them is told how. A preview takes them as they are.
 */
export async function secretsFromOutside(spec: StoreSpec, settings: EnvironmentSettings, place: Place, opts: CustomResourceOptions): Promise<Record<string, SecretArgs>> {
  const wanted = outsideSecretsOf(spec, settings);
  const made = wanted.flatMap(({ path, ...it }) => (path === undefined || !settings.secrets ? [] : [externalSecret({ ...it, path }, settings.secrets, place, opts)]));
  const { living, namespaceName } = place;
  if (runtime.isDryRun()) {
    return Object.fromEntries(await Promise.all(wanted.map(async ({ kind, name }) => [kind, { name, revision: (await living.secret(name))?.revision }])));
  }
  if (wanted.length > 0) await new Promise((resolve) => all([place.namespace, ...made.map(({ id }) => id)]).apply(resolve));

  const found = await Promise.all(
    wanted.map(async (secret) => {
      const { name, path } = secret;
      const trouble = path === undefined ? null : await troubleAfterWait(living, name);
      if (trouble !== null) return { secret, fault: `ExternalSecret ${name} in namespace ${namespaceName} is not Ready: ${trouble}` };
      const there = await living.secret(name);
      return { secret, revision: there?.revision, fault: faultOf(spec.engine, secret, there?.values, namespaceName) };
    }),
  );
  const lacking = found.filter(({ fault }) => fault !== undefined);
  // In the order of their kinds: what is made of it must be the same each time.
  if (lacking.length === 0) return Object.fromEntries(found.map(({ secret: { kind, name }, revision }) => [kind, { name, revision }]));
  throw new UserError(lacking.map(({ fault }) => fault).join("\n"), mendOf(spec.name, lacking.map(({ secret }) => secret), namespaceName));
}

/** What the operator says of an ExternalSecret, once it has had time; null when all is well. */
async function troubleAfterWait(living: Living, name: string): Promise<string | null> {
  for (const end = Date.now() + patience; ; await delay(500)) {
    const trouble = await living.external(name);
    if (trouble === null || Date.now() > end) return trouble;
  }
}

/** Has the External Secrets Operator write a Secret, which goes with this object. */
function externalSecret({ kind, name, keys, path }: Required<OutsideSecret>, { store }: NonNullable<EnvironmentSettings["secrets"]>, { namespace, labels }: Place, opts: CustomResourceOptions): CustomResource {
  return new CustomResource(
    `external-${kind}`,
    {
      ...externalSecrets,
      // It is waited for here, where its own reason can be told.
      metadata: { name, namespace, labels: pulumiLabels(labels, kind), annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: store.kind, name: store.name },
        target: { name, creationPolicy: "Owner" },
        data: keys.map((key) => ({ secretKey: key, remoteRef: { key: path, property: key } })),
      },
    },
    opts,
  );
}
