import { z } from "zod";
import { settingsError, stackConfig } from "./environment";
import { explainIssues } from "./explain";
import type { EnvironmentName } from "./names";
import { stateVariables } from "./operator";

const schema = z.strictObject({
  image: z
    .string()
    .regex(/^[a-z0-9][\w.\-/:]*:[\w.-]+@sha256:[0-9a-f]{64}$/, { error: 'is not an image by tag and digest — write it like "registry.example.com/shops/storefleet-runner:1@sha256:…", as the push of images/runner told it' })
    .describe("What runs: an image of images/runner, by tag and digest."),
  host: z.string().regex(/^[a-z0-9.-]+$/, { error: "is not a host — write it like fleet.example.com" }).optional().describe("Where the dashboard answers; absent: `fleet` below hostSuffix."),
  variables: stateVariables.describe("Environment variables with the login to the state, and its passphrase if that is what it has: keys of the Secret storefleet-state in storefleet-access."),
});
export type ControlPlaneSettings = z.infer<typeof schema>;

/**
 * `storefleet:controlPlane` of `Pulumi.<env>.yaml`: the API in the cluster. Not among the settings: the image holds the settings, and naming a
 * new one must change no store. Undefined where there is none.
 */
export function readControlPlane(env: EnvironmentName, folder?: string): ControlPlaneSettings | undefined {
  const about = { key: "storefleet:controlPlane", describedIn: "config/control-plane.ts" };
  const config = stackConfig(env, folder);
  const raw = config[about.key];
  if (raw === undefined) return undefined;
  const refuse = (path: (string | number)[], message: string, repair: string) => settingsError(env, [{ path, message, repair }], about);
  const result = schema.safeParse(raw ?? {}, { reportInput: true });
  if (!result.success) throw settingsError(env, explainIssues(schema, result.error.issues), about);
  // Else its processes would each have a list of their own, that of the image.
  if ((config["storefleet:settings"] as { list?: unknown } | undefined)?.list !== "cluster") throw refuse([], "needs the list at home in the cluster", "set list: cluster in storefleet:settings: docs/operations.md");
  const backend = (config["storefleet:state"] as { backend?: string } | undefined)?.backend;
  if (backend === undefined || backend.startsWith("file:")) throw refuse([], "needs a state that pods reach", "set backend below storefleet:state to a bucket or a database: docs/operations.md");
  return result.data;
}
