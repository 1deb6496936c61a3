import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./root";

/** Its name is part of stacks, labels and a cluster's name. */
const fileName = /^Pulumi\.([a-z](?:[a-z0-9-]{0,28}[a-z0-9])?)\.yaml$/;

/**
 * Names of the environments, `local` first. What makes one is its settings, `storefleet:settings` in `Pulumi.<name>.yaml`: a file that the
 * Pulumi CLI left for some other stack is none.
 */
export function environmentNames(root: string = projectRoot): string[] {
  const named = readdirSync(root).flatMap((file) => fileName.exec(file)?.[1] ?? []);
  const others = named.filter((name) => name !== "local" && /^\s+["']?storefleet:settings["']?:/m.test(readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8")));
  return ["local", ...others.sort()];
}
