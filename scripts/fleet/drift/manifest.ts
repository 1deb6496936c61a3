import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { CORE_SCHEMA, loadAll, Type } from "js-yaml";
import type { KubeObject } from "../../../kube";
import { isObject } from "./path";

/** An object as somebody wants it. */
export interface Wanted {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

/** As Helm reads its charts, where `0440` is octal. In the place of the core's own type of that name. */
const integer = new Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: (text: unknown) => typeof text === "string" && /^[-+]?(0|[1-9]\d*|0[0-7]+)$/.test(text),
  construct: (text: string) => (/^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text)),
});
const schema = CORE_SCHEMA.extend({ implicit: [integer] });

const unpack = promisify(gunzip);

/** What Helm has installed by one of its records: every object of its manifest, marked as Helm marks it. */
export async function manifestOf({ data, metadata }: KubeObject): Promise<Wanted[]> {
  const record = JSON.parse((await unpack(Buffer.from(data?.release ?? "", "base64"))).toString()) as { name: string; namespace?: string; manifest: string };
  const namespace = metadata.namespace ?? record.namespace ?? "";
  const objects = (loadAll(record.manifest, undefined, { schema }) as unknown[]).filter(isObject) as Wanted[];
  return objects.map((object) => ({
    ...object,
    metadata: {
      ...object.metadata, namespace: object.metadata.namespace ?? namespace,
      annotations: { ...object.metadata.annotations, "meta.helm.sh/release-name": record.name, "meta.helm.sh/release-namespace": namespace },
    },
  }));
}
