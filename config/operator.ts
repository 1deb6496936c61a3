import { z } from "zod";
import { settingsError, stackConfig } from "./environment";
import { explainIssues } from "./explain";
import type { EnvironmentName } from "./names";

/** Keys of the Secret `storefleet-state`, by which pods log in to the state. */
export const stateVariables = z
  .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "is not the name of an environment variable — write it like AWS_ACCESS_KEY_ID" }))
  .default([]);

const operatorSchema = z.strictObject({
  image: z
    .string()
    .regex(/^[a-z0-9][\w.\-/:]*@sha256:[0-9a-f]{64}$/, { error: 'is not an image by its digest — write it like "registry.example.com/shops/storefleet-runner@sha256:…", as the push of images/runner told it' })
    .describe("What runs the stacks: an image of images/runner, by digest."),
  variables: stateVariables.describe("Environment variables with the login to the state, and its passphrase if that is what it has: keys of the Secret storefleet-state beside the Stacks."),
});
export type OperatorSettings = z.infer<typeof operatorSchema>;

const about = { key: "storefleet:operator", describedIn: "config/operator.ts" };

/** What is missing or wrong about running an environment past this machine, as an error of its settings. */
export const operatorError = (env: EnvironmentName, path: (string | number)[], message: string, repair: string) => settingsError(env, [{ path, message, repair }], about);

/**
 * `storefleet:operator` of `Pulumi.<env>.yaml`: how the Pulumi Kubernetes Operator runs the stacks. Not among the settings: the image holds the
 * settings, and naming a new one must change no store.
 */
export function readOperator(env: EnvironmentName, folder?: string): OperatorSettings {
  const raw = stackConfig(env, folder)[about.key];
  if (raw === undefined) throw operatorError(env, [], "is missing", "name the image that runs the stacks: docs/operator.md");
  const result = operatorSchema.safeParse(raw ?? {}, { reportInput: true });
  if (!result.success) throw settingsError(env, explainIssues(operatorSchema, result.error.issues), about);
  return result.data;
}
