import { execFileSync, spawnSync } from "node:child_process";
import { parseAllDocuments, stringify } from "yaml";
import { projectRoot } from "../../../config/root";
import { tool } from "./tool";

/** A Kubernetes object as a chart renders it. */
export type KubernetesObject = Record<string, any>;

/** The objects that `helm install` of a chart of this project would create with `values`. */
export async function renderChart(component: string, values: object = {}): Promise<KubernetesObject[]> {
  const chart = `components/${component}/chart`;
  const rendered = execFileSync(await tool("helm"), ["template", component, chart, "--namespace", "test-namespace", "--values", "-"], {
    cwd: projectRoot,
    input: stringify(values),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
  return parseAllDocuments(rendered)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** The only object of a kind, by name if there are several. */
export function objectOf(objects: KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter((it) => it.kind === kind && (name === undefined || it.metadata.name === name));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} objects are a ${kind}${name ? ` named ${name}` : ""}`);
  return first;
}

/** Check id of kube-score -> why the chart does not follow it. */
export type Waivers = Record<string, string>;

/** What kube-score criticises beyond the waivers, and waivers that nothing needs any more. */
export async function kubeScoreFindings(objects: KubernetesObject[], waivers: Waivers): Promise<string[]> {
  const args = ["score", "-", "--output-format", "json", "--kubernetes-version", "v1.34"];
  const input = objects.map((object) => stringify(object)).join("---\n");
  const { stdout, stderr } = spawnSync(await tool("kube-score"), args, { input, encoding: "utf8", maxBuffer: 64 << 20 });
  if (!stdout) throw new Error(`kube-score says nothing: ${stderr}`);

  const bad = (JSON.parse(stdout) as ScoredObject[]).flatMap(({ object_name, checks }) =>
    checks.filter(({ skipped, grade }) => !skipped && grade < 10).map((check) => ({ object_name, ...check })),
  );
  const findings = bad
    .filter(({ check }) => waivers[check.id] === undefined)
    .map(({ check, object_name, comments }) => `${object_name}: ${check.id}: ${comments?.[0]?.summary ?? check.name}`);
  const needless = Object.keys(waivers).filter((id) => !bad.some(({ check }) => check.id === id));
  return [...findings, ...needless.map((id) => `the waiver of ${id} is not needed`)];
}

interface ScoredObject {
  object_name: string;
  checks: {
    check: { id: string; name: string };
    grade: number;
    skipped: boolean;
    comments: { summary: string }[] | null;
  }[];
}
