import { createHash } from "node:crypto";
import { engineImages } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import type { StoreSpec } from "../config/spec";
import type { SharedParts } from "./environment-outputs";
import { canonical } from "../config/canonical";

/**
 * What a store's stack is made from besides its spec and its environment. Reading and checking the list is not part
 * of it: an update of the loader alone leaves every store as it is.
 */
const programFiles = (engine: StoreSpec["engine"]) => [
  "stores",
  "infra/cluster-provider.ts",
  "infra/deployers.ts",
  "config/backup.ts",
  "config/catalogue.ts",
  "config/names.ts",
  "config/plans.ts",
  "config/property-path.ts",
  "config/quantity.ts",
  "config/secret-kinds.ts",
  "config/shown.ts",
  "config/environment.ts",
  "config/helm-records.ts",
  "config/url.ts",
  `components/${engine}`,
  "components/backup",
  "components/backup-gateway/chart/values.yaml",
  "components/backup-gateway/names.ts",
  "components/guardrails",
  "components/mail-catcher/labels.ts",
  "components/network-isolation",
  "components/shared",
  "package.json",
];
const programs = new Map<string, string>();

/**
 * Everything that decides a store's resources: spec, environment, programs, charts and package versions. `helmTimeout` is left out, since
 * how long an installation may take changes nothing about the store, and so are where the list is at home, what a cluster has to prove, what answers for it while it is suspended and the images of other engines.
 */
export function inputsOf(spec: StoreSpec, { settings, secretRevisions }: SharedParts) {
  const program = programs.get(spec.engine) ?? filesDigest(programFiles(spec.engine));
  programs.set(spec.engine, program);
  const overrides = engineImages[spec.engine].map((image) => settings.images.overrides[image]);
  return { spec: withoutPaths(spec), settings: { ...settings, helmTimeout: undefined, isolation: undefined, list: undefined, parkingPage: undefined, images: overrides }, secretRevisions, program };
}

/**
 * `<list>.<release>`: of the store's own entry, and of all that it has in common with others: images, chart, programs, packages, settings and
 * secrets' revisions. An edit of the list is one store's matter, another release the whole fleet's.
 */
export function storeDigest(given: StoreSpec, shared: SharedParts): string {
  const { spec, ...release } = inputsOf(given, shared);
  return `${short(spec)}.${short(release)}`;
}

/** The half of a digest that tells the release; undefined of a version whose digests had one half only. */
export const releaseOf = (digest: string): string | undefined => digest.split(".")[1];

const short = (value: unknown) => createHash("sha256").update(canonical(value)).digest("hex").slice(0, 16);

/** An image's name tells its content; where this machine has the file changes nothing. */
const withoutPaths = (spec: StoreSpec) => ({
  ...spec,
  products: spec.products.map(({ image, ...product }) => ({ ...product, image: image && "path" in image ? image.name : image?.url })),
});
