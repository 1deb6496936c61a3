import { z } from "zod";
import { settingsError, stackConfig } from "./environment";
import { explainIssues } from "./explain";
import type { EnvironmentName } from "./names";

const about = { key: "storefleet:drift", describedIn: "config/drift.ts" };

const ignored = z.strictObject({
  kind: z.string().regex(/^[A-Z]\w*$/, { error: "is not a kind — write it like Deployment" }).describe("Of the objects, such as Deployment."),
  path: z.string().regex(/^\/./, { error: "is not a path — copy it from `stores drift`, such as /metadata/annotations/example.com~1owner" })
    .describe("Exactly as `stores drift` prints it."),
  manager: z.string().min(1).optional().describe("Only where this manager wrote it. Absent: whoever did."),
});

export const driftSchema = z.strictObject({
  ignore: z.array(ignored).default([]).describe("Fields that others may have in stores' objects: they are neither reported nor repaired."),
});
export type Ignored = z.infer<typeof ignored>;

/** `storefleet:drift` of `Pulumi.<env>.yaml`. Not among the settings, which are in every store's digest: what a look at them leaves out changes no store. */
export function readDrift(env: EnvironmentName, folder?: string): z.infer<typeof driftSchema> {
  const result = driftSchema.safeParse(stackConfig(env, folder)[about.key] ?? {}, { reportInput: true });
  if (!result.success) throw settingsError(env, explainIssues(driftSchema, result.error.issues), about);
  return result.data;
}
