import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../config/root";
import { type Finding, kubeScore } from "../unit/helpers/rendered-chart";
import type { StoreCase } from "./store-cases";

/** Something that kube-score asks for and that these objects deliberately do not do. */
interface Waiver {
  check: string;
  says: string;
  reason: string;
  /** By engine, as `Kind/name` without the release's name. */
  objects: Record<string, string[]>;
}

export const waiverFile = "test/charts/kube-score-waivers.yaml";
export const waivers = parse(readFileSync(join(projectRoot, waiverFile), "utf8")) as Waiver[];

/** kube-score judges pods together with the network policies that the store's stack puts beside them. */
export async function scoreOf({ engine, objects, resources }: StoreCase): Promise<Finding[]> {
  const policies = resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .map(({ inputs }) => ({ ...inputs, metadata: { ...inputs.metadata, namespace: undefined } }));
  const found = await kubeScore([...objects, ...policies], ["container-ports-check", "container-seccomp-profile"]);
  return found.map((finding) => ({ ...finding, object: finding.object.replace(`/${engine}-`, "/").replace(/-[0-9a-f]{8,}$/, "") }));
}

/** One line for each waiver and object that it names. */
export function waivedIn(engine: string): Set<string> {
  return new Set(waivers.flatMap(({ check, says, objects }) => (objects[engine] ?? []).map((object) => lineOf({ object, check, says }))));
}

export const lineOf = ({ object, check, says }: Finding) => `${object}: ${check}: ${says}`;
