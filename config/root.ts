import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout's top folder, found from source and from `dist/` alike. */
export const projectRoot = (() => {
  let folder = __dirname;
  while (!existsSync(join(folder, "Pulumi.yaml"))) {
    if (folder === dirname(folder)) throw new Error(`no Pulumi.yaml above ${__dirname}: the checkout is incomplete`);
    folder = dirname(folder);
  }
  return folder;
})();
