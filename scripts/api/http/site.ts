import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { takenOf } from "./codings";

/** A file as it is sent. */
export interface SiteFile {
  type: string;
  digest: string;
  /** By content coding, of which `identity` is the file as it is. */
  codings: Partial<Record<"br" | "gzip" | "identity", Uint8Array<ArrayBuffer>>> & { identity: Uint8Array<ArrayBuffer> };
}

/** The built dashboard, all of it in memory: what has no name here is not sent, whatever lies on the disk. */
export interface Site {
  /** The one page, which each address of the dashboard gets; undefined where it was not built. */
  page?: SiteFile;
  /** By name. Each name has a digest of its content in it. */
  assets: ReadonlyMap<string, SiteFile>;
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
};

/** Reads what the build wrote. @param folder undefined: there is no dashboard */
export function readSite(folder: string | undefined): Site {
  if (folder === undefined) return { assets: new Map() };
  const read = (path: string): SiteFile => {
    const of = (suffix: string) => (existsSync(path + suffix) ? new Uint8Array(readFileSync(path + suffix)) : undefined);
    const identity = of("")!;
    const [br, gzip] = [of(".br"), of(".gz")];
    return { type: types[extname(path)]!, digest: createHash("sha256").update(identity).digest("hex"), codings: { identity, ...(br && { br }), ...(gzip && { gzip }) } };
  };
  const names = readdirSync(join(folder, "assets")).filter((name) => types[extname(name)]);
  return { page: read(join(folder, "index.html")), assets: new Map(names.map((name) => [name, read(join(folder, "assets", name))])) };
}

/** A file in the smallest form that is taken, with what has to be said of it. @param accepted the header Accept-Encoding */
export function sent({ type, codings }: SiteFile, accepted: string | undefined): { body: Uint8Array<ArrayBuffer>; headers: Record<string, string> } {
  const coding = takenOf(accepted, (["br", "gzip"] as const).filter((it) => codings[it]));
  return { body: codings[coding ?? "identity"] as Uint8Array<ArrayBuffer>, headers: { "content-type": type, vary: "accept-encoding", ...(coding && { "content-encoding": coding }) } };
}
