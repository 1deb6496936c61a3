import { run as runAnything, type Run } from "../os/run";
import { toolPath } from "../tools";
import { here } from "../tools/locations";
import { onPath } from "../tools/versions";

/** Runs commands of clusters; kind is the one on the PATH, else the one that was fetched. */
export const run: Run = (command, args, options) => runAnything(command === "kind" ? kindProgram() : command, args, options);

const kindProgram = () => (onPath(here(), "kind") ? "kind" : (toolPath("kind") ?? "kind"));
