import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import { z } from "zod";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { labelsOfRecord, recordLabels, recordsPath } from "../../infra/control";
import type { Kube } from "../../kube";
import { plannedStore } from "./answers";
import { jsonOf } from "./records/json";
import { removeOldest } from "./records/operation";
import { savedPlan } from "./saved-plan";

const keptPlan = z.object({ stores: z.array(plannedStore), saved: savedPlan.optional() });
/** What comes of a plan that waited in a record: what was seen of each store and, where all were looked at, what an apply goes by. */
export type KeptPlan = z.infer<typeof keptPlan>;

/** So many are kept, beside the records. */
const kept = 20;
/** Bytes that a ConfigMap holds, with room for its names. */
const mostBytes = 1_000_000;
/** Far more than one may be: nothing that unpacks to more is a plan. */
const mostUnpacked = 256_000_000;

const [packed, unpacked] = [promisify(brotliCompress), promisify(brotliDecompress)];
const pathOf = (id: string) => `${recordsPath}/plan-${id}`;

/** Keeps a plan as long as it is one of the newest; whoever was killed meanwhile does it again. @param id of its operation */
export async function keepPlan(kube: Kube, env: EnvironmentName, id: string, plan: KeptPlan): Promise<void> {
  // A thousand new stores: 5.4 MB, of which 25 kB are left in 40 ms.
  const bytes = await packed(JSON.stringify(plan), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  if (bytes.length > mostBytes) throw new UserError(`the plan of ${plan.stores.length} stores is too large to be kept: ${Math.ceil(bytes.length / 1000)} kB, of at most ${mostBytes / 1000}; plan fewer stores at a time, by their names`);
  await kube.apply(pathOf(id), { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `plan-${id}`, labels: labelsOfRecord("plan", env) }, binaryData: { plan: bytes.toString("base64") } });
  await removeOldest(kube, await kube.list(recordsPath, { labels: `${recordLabels.kind}=plan`, metadataOnly: true }), kept);
}

/** Undefined where it is not there, or no longer. */
export async function readKeptPlan(kube: Kube, env: EnvironmentName, id: string): Promise<KeptPlan | undefined> {
  const object = await kube.get(pathOf(id));
  if (object?.metadata.labels?.[recordLabels.env] !== env) return undefined;
  const text = await unpacked(Buffer.from(object.binaryData?.plan ?? "", "base64"), { maxOutputLength: mostUnpacked }).catch(() => "");
  return keptPlan.safeParse(jsonOf(text.toString())).data;
}
