import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Fails a build that is larger than it may be: bytes, compressed by gzip, of all files of a kind together. */
export function budget(most: { javascript: number; css: number }): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_, bundle) {
      const sizes = { javascript: 0, css: 0 };
      for (const file of Object.values(bundle)) {
        const kind = file.fileName.endsWith(".js") ? "javascript" : file.fileName.endsWith(".css") ? "css" : undefined;
        if (kind) sizes[kind] += gzipSync(file.type === "chunk" ? file.code : file.source).length;
      }
      for (const kind of ["javascript", "css"] as const) {
        const told = `${kind}: ${(sizes[kind] / 1000).toFixed(1)} kB of at most ${most[kind] / 1000} kB, compressed`;
        if (sizes[kind] > most[kind]) this.error(told);
        this.info(told);
      }
    },
  };
}
