import { join } from "node:path";
import type { StoreList } from "../../config/load";
import { projectRoot } from "../../config/root";
import { fromProject, quote, storesCommand } from "../../config/stores-command";
import type { Observed } from "../fleet/observe";

/** How each of these protected stores is let go of, with commands that can be pasted one after the other. */
export const waysOut = (names: string[], list: StoreList, observed: Map<string, Observed>): string => names.map((name) => wayOut(name, list, observed.get(name))).join("\n");

function wayOut(name: string, { file, stores }: StoreList, seen: Observed | undefined): string {
  const destroy = storesCommand(`destroy ${name}`);
  const applied = `${storesCommand(`apply ${name}`)} && ${destroy}`;
  const entry = stores.find(({ spec }) => spec.name === name);
  if (entry?.spec.protected) return `${name}: set protected: false at ${fromProject(file)}:${entry.line}, then: ${seen?.protected ? applied : destroy}`;
  if (entry) return `${name}: the list does not protect it any more, but that was not applied yet: ${applied}`;
  return `${name} has left the list, and the cluster has it as protected. It is let go of by a list that names it so; suspended, nothing in it is touched:\n${listedOnce(name, seen, destroy)}`;
}

/** A list of its own, since of the store's entry nothing is known here; other stores are not named to `apply`, so they stay as they are. */
function listedOnce(name: string, seen: Observed | undefined, destroy: string): string {
  const file = join(projectRoot, `unprotect-${name}.yaml`);
  const engine = seen?.receipt?.engine || seen?.engine;
  const list = `stores: [{ name: ${name}, engine: ${engine}, suspended: true, protected: false }]`;
  const path = fromProject(file);
  return `echo ${quote(list)} > ${path} && ${storesCommand(`apply ${name}`, { file })} && ${destroy} && rm ${path}`;
}
