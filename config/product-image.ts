import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProductImage } from "./spec";

/** An image travels in a ConfigMap, which holds 1 MiB. */
export const maxImageBytes = 512 * 1024;
/** All that a store carries to the cluster: its stack's state holds them too. */
export const maxImagesBytes = 4 * 1024 * 1024;

/** By what a file starts with, whatever it is called. */
const formats: [extension: string, start: RegExp][] = [
  ["png", /^\x89PNG\r\n\x1a\n/],
  ["jpg", /^\xff\xd8\xff/],
  ["webp", /^RIFF[^]{4}WEBP/],
];

/** An image file with its size in bytes, or what keeps it from being one. */
export type ReadImage = { image: Extract<ProductImage, { path: string }>; bytes: number } | { message: string; repair: string };

/** @param folder the list's, from which `path` counts */
export function readImage(folder: string, path: string): ReadImage {
  const absolute = join(folder, path);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    const { size } = stat;
    if (!stat.isFile()) return { message: "is no file", repair: "name the image itself" };
    if (size > maxImageBytes) {
      return { message: `is too large: ${Math.ceil(size / 1024)} KiB`, repair: `make it at most ${maxImageBytes / 1024} KiB, or give its https:// address` };
    }
    const content = readFileSync(descriptor);
    const start = content.subarray(0, 16).toString("latin1");
    const format = formats.find(([, pattern]) => pattern.test(start));
    if (!format) return { message: "is not an image, whatever its name says", repair: "use a PNG, JPEG or WebP file" };
    return { image: { name: `${createHash("sha256").update(content).digest("hex").slice(0, 32)}.${format[0]}`, path: absolute }, bytes: size };
  } catch (error) {
    const missing = ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
    if (missing) return { message: "does not exist", repair: `put the file at ${absolute}; paths count from the list's folder` };
    return { message: `can not be read: ${(error as Error).message.split("\n")[0]}`, repair: "mend that" };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Another one means that the file is another, or that it can be reached now, or no longer. */
export function imageStamp(folder: string, path: string): string {
  try {
    const { ino, mtimeNs, ctimeNs, size } = statSync(join(folder, path), { bigint: true });
    return `${ino} ${mtimeNs} ${ctimeNs} ${size}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}
