import type { EnvironmentSettings } from "../../../config/environment";
import { ownImagesOf, publishedDigest, type OwnImage } from "../../../config/own-images";
import { projectRoot } from "../../../config/root";
import type { Cluster } from "../cluster";
import { run as runCommand } from "../cluster/commands";
import type { Run } from "../os/run";
import { buildUnlessThere, findEngine } from "./build";
import { load, nodeImagesOf } from "./load";
import { publish } from "./publish";

/** What became of one own image. */
export interface ProvidedImage {
  name: string;
  /** As the pods refer to it. */
  reference: string;
  /** Whether it was built now. */
  built: boolean;
  delivery: "pushed" | "already pushed" | "loaded" | "already loaded" | "none";
}

export interface ProvideOptions {
  settings: EnvironmentSettings;
  /** The environment's cluster, if it runs. */
  cluster?: Cluster;
  log: (line: string) => void;
  /** The checkout. @default this one */
  root?: string;
  /** Runs commands. @default for real */
  run?: Run;
}

/**
 * Builds what is missing of the own images that an environment uses, and brings it to where the pods get it from: the
 * registry of the settings, else the node of a cluster on this machine.
 */
export async function provideImages({ settings, cluster, log, root = projectRoot, run = runCommand }: ProvideOptions): Promise<ProvidedImage[]> {
  const node = settings.images.registry === undefined ? await nodeImagesOf(cluster, run) : undefined;
  const provide = async (image: OwnImage): Promise<ProvidedImage> => {
    const { name, tagged } = image;
    const { registry, platforms } = settings.images;
    if (registry !== undefined) {
      const known = publishedDigest(tagged, platforms, root);
      if (known !== undefined) return { name, reference: `${tagged}@${known}`, built: false, delivery: "already pushed" };
      const digest = await publish(await findEngine(image, run), { image, platforms, root, run, log });
      return { name, reference: `${tagged}@${digest}`, built: true, delivery: "pushed" };
    }
    if (node) {
      if (await node.has(tagged)) return { name, reference: tagged, built: false, delivery: "already loaded" };
      const built = await buildUnlessThere(node.builder, image, root, run, log);
      await load(node, tagged, log);
      return { name, reference: tagged, built, delivery: "loaded" };
    }
    const built = await buildUnlessThere(await findEngine(image, run), image, root, run, log);
    return { name, reference: tagged, built, delivery: "none" };
  };
  const provided: ProvidedImage[] = [];
  for (const image of ownImagesOf(settings, root)) provided.push(await provide(image));
  return provided;
}

/** Of a cluster on this machine without a registry: what its pods would not find. Any other cluster gets its images itself. */
export async function loadMissingImages(options: ProvideOptions): Promise<void> {
  const { settings, cluster, run = runCommand } = options;
  if (settings.images.registry === undefined && (await nodeImagesOf(cluster, run))) await provideImages(options);
}
