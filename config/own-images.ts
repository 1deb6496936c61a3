import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsFile, type EnvironmentSettings, type ImageName } from "./environment";
import { UserError } from "./errors";
import { filesDigest } from "./files-digest";
import { type EnvironmentName } from "./names";
import { projectRoot } from "./root";
import { storesCommand } from "./stores-command";

/** What this project builds itself, each from the folder `images/<name>`, and the image of the settings it stands for. */
const replaced: Record<string, ImageName> = { woocommerce: "wordpress", medusa: "medusa", "medusa-storefront": "medusa-storefront" };

const folderOf = (name: string) => `images/${name}`;
const repositoryOf = (name: string) => `storefleet-${name}`;
const ownNames = Object.keys(replaced);
/** What the images are made from, relative to the checkout. */
export const ownImageFolders = ownNames.map(folderOf);
const ownReference = new RegExp(`(^|/)(${ownNames.map(repositoryOf).join("|")})[:@]`);
/** Whether a reference is to one of these images, in whichever registry. */
export const isOwnImage = (reference: string) => ownReference.test(reference);

export interface OwnImage {
  name: string;
  /** Its Dockerfile and all that goes into it, relative to the checkout. */
  folder: string;
  /** The image of the settings that it stands for. */
  replaces: ImageName;
  /** What it is built and pushed as; the tag comes from the folder's content, so that it never means two. */
  tagged: string;
}

/** By `<registry>/<repository>:<tag>`: the digest under which the registry has it, and for which processors. */
export const publishedFile = "images/published.json";

/** The own images that an environment uses: all that its settings do not put another in place of. */
export function ownImagesOf({ images }: EnvironmentSettings, root: string = projectRoot): OwnImage[] {
  return Object.entries(replaced)
    .filter(([, replaces]) => images.overrides[replaces] === undefined)
    .map(([name, replaces]) => {
      const folder = folderOf(name);
      const tagged = `${repositoryOf(name)}:${filesDigest([folder], root).slice(0, 12)}`;
      return { name, folder, replaces, tagged: images.registry === undefined ? tagged : `${images.registry}/${tagged}` };
    });
}

/** The settings with the own images filled in, as pods refer to them: by digest where a registry has them. */
export function withOwnImages(env: EnvironmentName, settings: EnvironmentSettings, root: string = projectRoot): EnvironmentSettings {
  const { registry, overrides, platforms } = settings.images;
  const own = ownImagesOf(settings, root).map(({ replaces, tagged }) => {
    if (registry === undefined) return [replaces, tagged];
    const digest = publishedDigest(tagged, platforms, root);
    if (digest !== undefined) return [replaces, `${tagged}@${digest}`];
    const others = readPublished(root)[tagged]?.platforms ?? [];
    throw new UserError(
      others.length > 0 ? `the image ${tagged} is published for ${others.join(", ")}, but not for ${missingIn(others, platforms).join(", ")}` : `the image ${tagged} is not published: ${publishedFile} has no digest of it`,
      `Build and push it, then commit that file: ${storesCommand("images", { env })}${others.length > 0 ? `\nIf no node has such a processor: images.platforms: [${others.join(", ")}] in ${settingsFile(env)}` : ""}`,
    );
  });
  return { ...settings, images: { ...settings.images, overrides: { ...overrides, ...Object.fromEntries(own) } } };
}

/** The digest of an image that is pushed for all these platforms; undefined while it is not published so. */
export function publishedDigest(tagged: string, platforms: readonly string[], root: string = projectRoot): string | undefined {
  const known = readPublished(root)[tagged];
  return known && /^sha256:[0-9a-f]{64}$/.test(known.digest ?? "") && missingIn(known.platforms ?? [], platforms).length === 0 ? known.digest : undefined;
}

const missingIn = (there: readonly string[], wanted: readonly string[]) => wanted.filter((platform) => !there.includes(platform));

/** What the file says of an image; it is edited and merged by hand, too. */
export interface Published {
  digest?: string;
  platforms?: readonly string[];
}

export function readPublished(root: string): Record<string, Published | undefined> {
  try {
    return JSON.parse(readFileSync(join(root, publishedFile), "utf8")) as Record<string, Published | undefined>;
  } catch (error) {
    throw new UserError(`${publishedFile} can not be read: ${(error as Error).message}`, "Restore it from git, or mend it: it is a JSON map from image to digest and platforms.");
  }
}
