import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { settingsFile } from "../config/environment";
import { filesDigest } from "../config/files-digest";
import { type EnvironmentName } from "../config/names";
import { projectRoot } from "../config/root";

/** Everything that decides what the environment's stack creates, besides its settings. */
const program = [
  "index.ts",
  "infra",
  "config/environment.ts",
  "components/shared",
  "components/guardrails",
  "components/traefik",
  "components/mail-catcher",
  "package-lock.json",
];

/** Where the environment's stack leaves its digest, written after all else. */
export const environmentReceipt = { namespace: "storefleet-system", name: "storefleet-environment", key: "digest" } as const;

/**
 * Changes whenever an update of the environment's stack would have something to do, as far as files tell. Secrets
 * count by their encrypted text, which changes with each `pulumi config set`.
 */
export function environmentDigest(env: EnvironmentName, root: string = projectRoot): string {
  const { config } = parse(readFileSync(join(root, settingsFile(env)), "utf8")) as { config?: Record<string, unknown> };
  return createHash("sha256")
    .update(JSON.stringify(sortedKeys(config ?? {})))
    .update(filesDigest(program, root))
    .digest("hex");
}

/** The Pulumi CLI rewrites the file in an order of its own; that is no change. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  );
}
