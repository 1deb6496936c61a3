import { z } from "zod";
import { settingsError, stackConfig } from "./environment";
import { explainIssues } from "./explain";
import type { EnvironmentName } from "./names";

const backendSchemes = ["file", "s3", "gs", "azblob", "postgres", "https"] as const;
const keySchemes = ["awskms", "gcpkms", "azurekeyvault", "hashivault"] as const;

/** Names of a URL's parameters that hold a secret. */
const secretParameter = /^(ssl)?password$|secret|token/i;
const parsed = (value: string) => (URL.canParse(value) ? new URL(value) : undefined);
const schemeOf = (value: string) => parsed(value)?.protocol.slice(0, -1) ?? "";
const isOneOf = (schemes: readonly string[]) => (value: string) => schemes.includes(schemeOf(value));

/** Git keeps the file for good, and whoever may read it could write the state. */
function holdsSecret(value: string): boolean {
  const url = parsed(value);
  if (!url) return /:\/\/.*@/.test(value);
  return url.password !== "" || (url.username !== "" && url.protocol !== "postgres:") || [...url.searchParams.keys()].some((name) => secretParameter.test(name));
}

const withoutSecret = z.string().refine((value) => !holdsSecret(value), {
  error: "holds a login, which does not belong into git — take it out, and set the usual variables: PGPASSWORD, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, GOOGLE_CREDENTIALS, AZURE_STORAGE_KEY, VAULT_TOKEN, PULUMI_ACCESS_TOKEN",
  abort: true,
});

const backend = withoutSecret
  .refine(isOneOf(backendSchemes), {
    error: ({ input }) => `is "${String(input)}", no backend — write it like "s3://BUCKET/prod?region=eu-central-1", "gs://BUCKET", "azblob://CONTAINER", "postgres://USER@HOST/DATABASE", "file:///mnt/state", or "https://api.pulumi.com" for Pulumi Cloud`,
    abort: true,
  })
  .refine((value) => schemeOf(value) !== "file" || /^file:\/\/\/[^?]/.test(value), {
    error: ({ input }) => `is "${String(input)}", no absolute path — write it with three slashes, such as "file:///mnt/state"`,
    abort: true,
  })
  .refine((value) => schemeOf(value) === "file" || parsed(value)?.host !== "", { error: ({ input }) => `is "${String(input)}", without a name — add that of the bucket, or of the host` });

const secretsProvider = withoutSecret.refine((value) => value === "passphrase" || (isOneOf(keySchemes)(value) && /^\w+:\/\/[^?]/.test(value)), {
  error: ({ input }) => `is "${String(input)}", no secrets provider — write "passphrase", or a key's URL: "awskms://alias/NAME?region=eu-central-1", "gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K", "azurekeyvault://VAULT.vault.azure.net/keys/K" or "hashivault://KEY"`,
});

export const stateSchema = z.strictObject({
  backend: backend.optional().describe("Where the stacks' state is kept, as `pulumi login` takes it; PULUMI_BACKEND_URL goes before it. Absent: on this machine for local, and for any other what Pulumi is logged in to."),
  secretsProvider: secretsProvider.optional()
    .describe("What encrypts the passwords in a new stack: passphrase, or the URL of a key. Absent: a passphrase, or on Pulumi Cloud its own key. What stacks there have: `stores state rekey`."),
});
export type StateSettings = z.infer<typeof stateSchema>;

/**
 * `storefleet:state` of `Pulumi.<env>.yaml`. Not among the settings: those are handed on to the stores, and a move of the state must
 * change none.
 */
export function parseState(env: EnvironmentName, raw: unknown): StateSettings {
  const result = stateSchema.safeParse(raw ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw settingsError(env, explainIssues(stateSchema, result.error.issues), { key: "storefleet:state", describedIn: "config/state.ts" });
}

export const readState = (env: EnvironmentName, folder?: string): StateSettings => parseState(env, stackConfig(env, folder)["storefleet:state"]);
