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
    input: asciiJson(values),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
  return parseAllDocuments(rendered)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** JSON that is YAML too: some characters that JSON takes as they are are line breaks or errors there. */
function asciiJson(values: object): string {
  return JSON.stringify(values).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The only object of a kind, by name if there are several. */
export function objectOf(objects: KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter((it) => it.kind === kind && (name === undefined || it.metadata.name === name));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} objects are a ${kind}${name ? ` named ${name}` : ""}`);
  return first;
}

/** Of each Ingress: its host, issuer, and the hosts and Secret of its certificate. */
export const hostsAndCertificates = (objects: KubernetesObject[]): unknown[][] =>
  objects.filter(({ kind }) => kind === "Ingress").map(({ metadata, spec }) => {
    const [tls, ...more] = spec.tls ?? [];
    if (more.length > 0 || spec.rules.length !== 1) throw new Error(`${metadata.name} has several hosts`);
    return [spec.rules[0].host, metadata.annotations?.["cert-manager.io/cluster-issuer"], tls?.hosts, tls?.secretName];
  });

/** One thing that kube-score criticises. */
export interface Finding {
  /** `Deployment/mail-catcher` */
  object: string;
  /** The id of a check of kube-score. */
  check: string;
  /** What it says, without the container that it says it of. */
  says: string;
}

/** All that kube-score criticises; `optional` are checks that it makes only when asked. */
export async function kubeScore(objects: KubernetesObject[], optional: string[] = []): Promise<Finding[]> {
  const args = ["score", "-", "--output-format", "json", "--kubernetes-version", "v1.34"];
  args.push(...optional.flatMap((check) => ["--enable-optional-test", check]));
  const input = objects.map((object) => stringify(object)).join("---\n");
  const { stdout, stderr } = spawnSync(await tool("kube-score"), args, { input, encoding: "utf8", maxBuffer: 64 << 20 });
  if (!stdout) throw new Error(`kube-score says nothing: ${stderr}`);

  return (JSON.parse(stdout) as ScoredObject[]).flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < 10)
      .flatMap(({ check, comments }) =>
        (comments?.length ? comments : [{ summary: check.name }]).map(({ summary }) => ({
          object: `${type_meta.kind}/${object_meta.name}`,
          check: check.id,
          says: summary,
        })),
      ),
  );
}

/** Check id of kube-score -> why the chart does not follow it. */
export type Waivers = Record<string, string>;

/** What kube-score criticises beyond the waivers, and waivers that nothing needs any more. */
export async function kubeScoreFindings(objects: KubernetesObject[], waivers: Waivers): Promise<string[]> {
  const found = await kubeScore(objects);
  const findings = found.filter(({ check }) => waivers[check] === undefined).map(({ object, check, says }) => `${object}: ${check}: ${says}`);
  const needless = Object.keys(waivers).filter((id) => !found.some(({ check }) => check === id));
  return [...findings, ...needless.map((id) => `the waiver of ${id} is not needed`)];
}

interface ScoredObject {
  type_meta: { kind: string };
  object_meta: { name: string };
  checks: {
    check: { id: string; name: string };
    grade: number;
    skipped: boolean;
    comments: { summary: string }[] | null;
  }[];
}
