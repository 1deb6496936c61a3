import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/root";

/** The version of this Storefleet. */
export const ownVersion = (): string => (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string }).version;
