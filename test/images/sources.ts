import { basename } from "node:path";

const made = new Set(["node_modules", "dist", ".medusa"]);

/** Whether a path is no folder that is installed or built inside of a project; for `cpSync`. */
export const isSource = (path: string) => !made.has(basename(path));
