import { ensureTools, type Tool } from "../../../scripts/machine/tools";

const paths = new Map<Tool, Promise<string>>();

/** The absolute path of a tool, fetched first if it is not there: a test never skips for want of one. */
export function tool(name: Tool): Promise<string> {
  let path = paths.get(name);
  if (!path) {
    path = ensureTools([name], (line) => console.error(line)).then((all) => all[name]);
    paths.set(name, path);
  }
  return path;
}
