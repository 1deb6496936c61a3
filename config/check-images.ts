import { engineOf, type Finding, holdersOf, productsOf } from "./checks";
import { image as imageSchema } from "./fields";
import { imageStamp, maxImagesBytes, readImage, type ReadImage } from "./product-image";
import type { ProductImage } from "./spec";

const isUrl = (image: string) => image.startsWith("https:");

/** The products' images: what is wrong with them, and what each one stands for. */
export class Images {
  /** Each file is read once. */
  private readonly files = new Map<string, { stamp: string; read: ReadImage }>();

  /** @param folder the list's, from which paths count */
  constructor(private readonly folder: string) {}

  /** Sees unchecked data, as crossCheck does. */
  findings(data: unknown, egress: "allow" | "deny"): Finding[] {
    const { defaults, stores } = holdersOf(data);
    const taker = stores.find((store) => engineOf(store, defaults) === "medusa" && store.entry.products === undefined);
    return [defaults, ...stores].flatMap((holder) => {
      const sizes = new Map<string, number>();
      const findings = productsOf(holder).flatMap(({ product: { image }, path: at }): Finding[] => {
        const path = [...at, "image"];
        if (typeof image !== "string" || !imageSchema.safeParse(image).success) return [];
        if (isUrl(image)) {
          if (egress === "allow") return [];
          return [{ path, message: "is an address, and this environment's stores reach none outside the cluster", repair: "name a file, or set egress: allow in the settings" }];
        }
        // Its server keeps no files of its own, and a picture's address is all that it stores.
        if (holder !== defaults && engineOf(holder, defaults) === "medusa") return [{ path, message: "is a file, and a Medusa store takes addresses only", repair: "give its https:// address" }];
        if (holder === defaults && taker) {
          return [{ path, message: "is a file, and a Medusa store, which takes addresses only, has these products", repair: "give its https:// address, or list products in that store; it is at", other: taker.path }];
        }
        const read = this.read(image);
        if ("message" in read) return [{ path, ...read }];
        sizes.set(read.image.name, read.bytes);
        return [];
      });
      const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
      if (total <= maxImagesBytes) return findings;
      const [size, most] = [total, maxImagesBytes].map((bytes) => (bytes / 1024 ** 2).toFixed(1));
      return [...findings, { path: [...holder.path, "products"], message: `names image files of ${size} MiB`, repair: `keep them to ${most} MiB a store: make them smaller, or give their https:// addresses` }];
    });
  }

  /** What a valid image of a list stands for. */
  resolve(image: string): ProductImage {
    const read = isUrl(image) ? undefined : this.read(image);
    return read && "image" in read ? read.image : { url: image };
  }

  /** Whether every file that was read is as it was then. */
  areAsTheyWere(): boolean {
    return [...this.files].every(([path, { stamp }]) => stamp === this.stampOf(path));
  }

  private read(path: string): ReadImage {
    // The stamp first: what is written in between is looked at again.
    const known = this.files.get(path) ?? { stamp: this.stampOf(path), read: readImage(this.folder, path) };
    this.files.set(path, known);
    return known.read;
  }

  private stampOf = (path: string): string => imageStamp(this.folder, path);
}
