import type { Kube } from "../../../kube";
import type { Finding } from "./findings";
import { collectionOf, pathOfWanted } from "./look";
import { pointerTo, textOf } from "./path";

/** Whose a field is again, once it is mended: as if they had written it. */
const managers = { helm: "helm", pulumi: "pulumi-kubernetes" };

/** Whether it is known what to write: of what is secret, of a catalogue's files and of a namespace that is gone, Pulumi alone knows. */
const isKnown = ({ expected: { partly, object }, class: its, path }: Finding) =>
  its !== "foreign" && (its === "missing" ? !partly && object.kind !== "Namespace" : !partly || path[0] === "metadata" || its === "added");

/** Mends exactly what was found, and refuses where it is another by now. What is not known here is left to Pulumi, which looks at all that it made. */
export async function mendFindings(kube: Kube, findings: Finding[]): Promise<void> {
  const byObject = new Map<Finding["expected"], Finding[]>();
  for (const finding of findings.filter(isKnown)) byObject.set(finding.expected, [...(byObject.get(finding.expected) ?? []), finding]);
  for (const [{ object, maker }, its] of byObject) {
    if (its.some((it) => it.class === "missing")) await kube.create(`${collectionOf(object, object.metadata.namespace)}?fieldManager=${managers[maker]}`, object);
    else await kube.patch(pathOfWanted(object), patchOf(its), managers[maker]);
  }
}

/** A JSON patch: each field is tested for what was found; what is taken out comes last, from the end of each list. */
export function patchOf(findings: Finding[]): object[] {
  const writes: object[] = [];
  const removals: { path: string; has: unknown }[] = [];
  for (const { live, path, class: its, want, has, expected: { object } } of findings) {
    // A Secret's key is known by name, and its value to nobody: the version tells whether it is the one that was found.
    const isSecret = object.kind === "Secret" && path[0] === "data";
    if (isSecret) {
      writes.unshift({ op: "test", path: "/metadata/resourceVersion", value: live?.metadata.resourceVersion });
      writes.push({ op: "remove", path: textOf(path) });
      continue;
    }
    const there = pointerTo(live, path);
    if (its === "added" && there !== undefined) removals.push({ path: there, has });
    else if (there !== undefined) writes.push({ op: "test", path: there, value: has }, { op: "replace", path: there, value: want });
    else {
      const step = path.at(-1)!;
      const parent = pointerTo(live, path.slice(0, -1)) ?? "";
      writes.push({ op: "add", path: `${parent}/${step.startsWith("[") ? "-" : step.replaceAll("~", "~0").replaceAll("/", "~1")}`, value: want });
    }
  }
  removals.sort((a, b) => b.path.localeCompare(a.path, "en", { numeric: true }));
  return [...writes, ...removals.flatMap(({ path, has }) => [{ op: "test", path, value: has }, { op: "remove", path }])];
}
