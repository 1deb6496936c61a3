import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { CheckResult, Subject } from "../shared/provider";
import { containsUnknown, isObject, markSecrets, plainObject, type Value, type Values } from "../shared/values";

/** Every input of a Release that this stand-in knows, with the value that an absent one has. */
const known: Values = {
  allowNullValues: false, atomic: false, chart: "", cleanupOnFail: false, createNamespace: false, dependencyUpdate: false,
  description: "", devel: false, disableCRDHooks: false, disableOpenapiValidation: false, disableWebhooks: false,
  forceUpdate: false, keyring: "", lint: false, name: "", namespace: "", postrender: "", recreatePods: false,
  renderSubchartNotes: false, replace: false, resetValues: false, reuseValues: false, skipAwait: false, skipCrds: false,
  timeout: 0, values: {}, verify: false, version: "", waitForJobs: false,
};

/** Known to the real provider, and used by nothing here. */
const refused = [
  "dependencyUpdate", "devel", "keyring", "lint", "postrender", "recreatePods", "renderSubchartNotes", "repositoryOpts",
  "valueYamlFiles", "verify",
];

export const defaultTimeout = 300;

/** Inputs and outputs of a release: what is given, and the rest at its default. */
export function releaseOf(properties: Values): Values {
  const release: Values = { ...known };
  for (const key of [...Object.keys(known), "maxHistory", "resourceNames", "status"]) {
    const value = properties[key];
    if (value !== undefined && value !== null) release[key] = value;
  }
  return release;
}

/** Version of the chart in a folder. */
async function chartVersion(chart: string): Promise<string> {
  const folder = chart.trim();
  const file = join(folder, "Chart.yaml");
  if (!existsSync(file)) {
    if (isAbsolute(folder) || folder.startsWith(".")) throw new Error(`path "${folder}" not found`);
    throw new Error(`failed to download "${folder}" (no chart in that folder, and the stand-in provider installs none from elsewhere)`);
  }
  const { parse } = await import("yaml");
  const metadata = parse(readFileSync(file, "utf8")) as Value;
  if (!isObject(metadata) || typeof metadata.version !== "string") throw new Error(`validation: chart.metadata.version is required in ${file}`);
  return metadata.version;
}

export async function checkRelease(defaultNamespace: string, subject: Subject, olds: Values, news: Values): Promise<CheckResult> {
  const given = plainObject(news);
  const unsupported = refused.filter((key) => Boolean(given[key]));
  if (unsupported.length > 0) {
    throw new Error(`${unsupported.join(", ")} of a Release: not part of Storefleet's stand-in provider; use the real plugin`);
  }
  const release = releaseOf(given);
  if (given.name === undefined && olds.name !== undefined) release.name = plainObject(olds).name as Value;
  if (!release.name) release.name = `${subject.name}-${randomBytes(4).toString("hex")}`;
  if (!release.namespace) release.namespace = defaultNamespace;
  if (!release.skipAwait && given.timeout === undefined) release.timeout = defaultTimeout;
  delete release.resourceNames;

  const failures: CheckResult["failures"] = [];
  if (!containsUnknown(given)) {
    try {
      release.version = await chartVersion(String(release.chart));
    } catch (error) {
      failures.push({ property: "chart", reason: `${(error as Error).message}; check the chart name and repository configuration.` });
    }
  }
  markSecrets(release, news);
  return { inputs: release, failures };
}
