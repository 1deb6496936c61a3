import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../config/root";
import { type Tool, toolPath } from "../../scripts/tools";

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: any;
}

export const chartFolder = (engine: string) => join(projectRoot, "components", engine, "chart");

export function requireTool(tool: Tool): string {
  const path = toolPath(tool);
  if (!path || !existsSync(path)) throw new Error(`${tool} is missing: npm test installs it`);
  return path;
}

/** What `helm template` makes of an engine's chart, as text. */
export async function renderYaml(engine: string, values: object = {}, namespace = "store-acme-0a1b2c3d"): Promise<string> {
  const args = ["template", engine, chartFolder(engine), "--namespace", namespace, "--values", "-"];
  const helm = promisify(execFile)(requireTool("helm"), args, { maxBuffer: 64 * 1024 * 1024 });
  helm.child.stdin?.end(JSON.stringify(values));
  return (await helm).stdout;
}

/** The same as objects. */
export async function renderChart(engine: string, values: object = {}, namespace?: string): Promise<KubernetesObject[]> {
  const documents = parseAllDocuments(await renderYaml(engine, values, namespace), { strict: true, uniqueKeys: true });
  return documents.flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${engine}: ${document.errors.join("\n")}`);
    const object = document.toJS() as KubernetesObject | null;
    return object ? [object] : [];
  });
}

/** The spec and the labels of the pods that an object runs, if it runs any. */
export function podTemplateOf(object: KubernetesObject): { metadata: { labels: Record<string, string>; annotations?: Record<string, string> }; spec: any } | undefined {
  if (object.kind === "CronJob") return object.spec.jobTemplate.spec.template;
  return object.spec?.template?.spec?.containers ? object.spec.template : undefined;
}

export function containersOf(object: KubernetesObject): any[] {
  const spec = podTemplateOf(object)?.spec;
  return spec ? [...(spec.initContainers ?? []), ...spec.containers] : [];
}

export function find(objects: KubernetesObject[], kind: string, name: string | RegExp): KubernetesObject {
  const matches = objects.filter((it) => it.kind === kind && (typeof name === "string" ? it.metadata.name === name : name.test(it.metadata.name)));
  const [first] = matches;
  if (!first || matches.length > 1) throw new Error(`${matches.length} ${kind} objects are named ${name}`);
  return first;
}
