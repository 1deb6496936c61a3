import { canonical } from "../../../config/canonical";
import { KubeError, type Kube } from "../../../kube";
import { comparable, type Expected } from "./expected";
import type { Finding } from "./findings";
import { pathOfWanted } from "./look";
import { valueAt } from "./path";

/**
 * Asks the API server, by a dry run, what it would make of the objects in which a field is not as wanted: what stays as it is then is a default,
 * or a webhook's doing. Without the right to patch, the findings stand as they are.
 */
export async function tryFindings(kube: Kube, findings: Finding[]): Promise<{ findings: Finding[]; refused: boolean }> {
  const suspects = new Set(findings.filter(({ class: its, expected }) => its === "changed" && !expected.partly).map(({ expected }) => expected));
  const tried = new Map<Expected, object>();
  let refused = false;
  for (const expected of suspects) {
    const { object } = expected;
    try {
      tried.set(expected, comparable(await kube.tryApply(pathOfWanted(object), object), object.kind));
    } catch (error) {
      // What can not be applied at all differs for certain.
      if (!(error instanceof KubeError)) throw error;
      refused ||= error.code === "forbidden";
    }
  }
  const isDrift = ({ expected, class: its, path, has }: Finding) => {
    const after = tried.get(expected);
    return its !== "changed" || after === undefined || canonical(valueAt(after, path)) !== canonical(has);
  };
  return { findings: findings.filter(isDrift), refused };
}
