import { PartialFailure, type DiffResult, type Operation, type Subject } from "../shared/provider";
import { isObject, markSecrets, plain, plainObject, secret, unknown, type Value, type Values } from "../shared/values";
import { helm, HelmError } from "./helm";
import { changesOf, threeWayPatch } from "./patch";
import { defaultTimeout, releaseOf } from "./release-inputs";
import { latestRevision, resourceNames, type ReleaseRecord } from "./release-record";
import type { Session } from "./session";

// Whatever the real provider passes to helm's library goes to the helm command here, flag by flag; it gives some
// of them to an installation only and some to an upgrade only.

const inputsKey = "__inputs";

const oldInputsOf = (outputs: Values): Values => {
  const inputs = plain(outputs[inputsKey] ?? {});
  return isObject(inputs) ? inputs : {};
};

const fullName = (release: Values) => `${String(release.namespace)}/${String(release.name)}`;
const failureText = (release: Values, error: Error) =>
  `failed to become available within allocated timeout. Error: Helm Release ${fullName(release)}: ${error.message}`;

function outputsOf(inputs: Values, release: Values, preview = false): Values {
  const outputs: Values = { ...release, [inputsKey]: secret(inputs) };
  markSecrets(outputs, inputs);
  if (preview) Object.assign(outputs, { resourceNames: unknown, status: unknown });
  return outputs;
}

function mergeMaps(base: Values, over: Values): Values {
  const merged: Values = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isObject(old) && isObject(value) ? mergeMaps(old, value) : value;
  }
  return merged;
}

/** The release with what helm recorded of it. */
async function withRecord(release: Values, record: ReleaseRecord): Promise<Values> {
  const { name, version, appVersion = "" } = record.chart.metadata;
  return {
    ...release,
    values: mergeMaps(isObject(release.values) ? release.values : {}, record.config ?? {}),
    version,
    resourceNames: await resourceNames(record),
    status: {
      appVersion, chart: name, name: record.name, namespace: record.namespace, revision: record.version,
      status: record.info.status, version,
    },
  };
}

function waitFlags({ skipAwait, waitForJobs, timeout }: Values): string[] {
  const wait = skipAwait ? [] : waitForJobs ? ["--wait", "--wait-for-jobs"] : ["--wait"];
  return [...wait, "--timeout", `${Number(timeout) || defaultTimeout}s`];
}

const switches = (release: Values, flags: { [input: string]: string }): string[] =>
  Object.entries(flags).flatMap(([input, flag]) => (release[input] ? [flag] : []));

function command(session: Session, verb: string, release: Values, ...rest: string[]): string[] {
  return [
    verb, String(release.name), ...rest, "--namespace", String(release.namespace), ...(session.connection?.helmArguments ?? []),
  ];
}

const installArguments = (session: Session, release: Values): string[] => [
  ...command(session, "install", release, String(release.chart), "--values", "-"),
  ...waitFlags(release),
  ...switches(release, {
    atomic: "--atomic", createNamespace: "--create-namespace", disableOpenapiValidation: "--disable-openapi-validation",
    disableWebhooks: "--no-hooks", replace: "--replace", skipCrds: "--skip-crds",
  }),
  ...(release.description ? ["--description", String(release.description)] : []),
];

const upgradeArguments = (session: Session, release: Values): string[] => [
  ...command(session, "upgrade", release, String(release.chart), "--values", "-"),
  ...waitFlags(release),
  "--history-max", String(Number(release.maxHistory) || 0),
  ...switches(release, {
    atomic: "--atomic", cleanupOnFail: "--cleanup-on-fail", disableCRDHooks: "--no-hooks", forceUpdate: "--force",
    resetValues: "--reset-values", reuseValues: "--reuse-values",
  }),
  ...(release.description ? ["--description", String(release.description)] : []),
];

/** Runs helm and returns the release with its new revision; `failure` if that revision exists but failed. */
async function run(session: Session, release: Values, args: string[]): Promise<{ release: Values; failure?: Error }> {
  const cluster = session.reachable();
  const latest = () => latestRevision(cluster, session.helmDriver, String(release.namespace), String(release.name));
  const before = (await latest())?.version ?? 0;
  let failure: Error | undefined;
  try {
    await helm(args, session.helmDriver, session.signal, isObject(release.values) ? release.values : {});
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    failure = error;
  }
  const record = await latest();
  // Helm refused before it began: nothing has changed.
  if (failure && (!record || record.version <= before)) throw failure;
  if (!record) throw new Error(`helm installed ${fullName(release)}, but no record of it is there`);
  return { release: await withRecord(release, record), failure };
}

export function diffRelease(_subject: Subject, olds: Values, news: Values, ignoreChanges: string[]): DiffResult {
  const state = plainObject(olds);
  const inputs = plainObject(news);
  if (ignoreChanges.includes("version")) inputs.version = state.version as Value;
  const { checksum: _checksum, resourceNames: _names, ...before } = oldInputsOf(olds);
  const patch = threeWayPatch(before, inputs, state);
  return {
    changes: changesOf(patch, state, inputs, before, ["name", "namespace"]),
    changed: Object.keys(patch).length > 0,
  };
}

export async function createRelease(session: Session, { urn, preview }: Operation, inputs: Values) {
  const planned = releaseOf(plainObject(inputs));
  if (preview) return { id: "", outputs: outputsOf(inputs, planned, true) };
  if (!session.cluster) throw new Error(`can't create Helm Release with unreachable cluster: ${session.unreachable}`);
  const id = fullName(planned);
  const { release, failure } = await run(session, planned, installArguments(session, planned));
  const outputs = outputsOf(inputs, release);
  if (!failure) return { id, outputs };
  session.log(
    "warning", urn,
    `Helm release "${String(planned.name)}" was created but has a failed status. Use the \`helm\` command to ` +
      `investigate the error, correct it, then retry. Reason: ${failure.message}`,
  );
  throw new PartialFailure(
    id,
    `Helm release "${id}" was created, but failed to initialize completely. Use Helm CLI to investigate: ${failureText(planned, failure)}`,
    outputs,
  );
}

export async function updateRelease(session: Session, { preview }: Operation, inputs: Values): Promise<Values> {
  const planned = releaseOf(plainObject(inputs));
  if (preview) return outputsOf(inputs, planned, true);
  if (!session.cluster) throw new Error(`can't update Helm Release with unreachable cluster: ${session.unreachable}`);
  const { release, failure } = await run(session, planned, upgradeArguments(session, planned));
  const outputs = outputsOf(inputs, release);
  if (!failure) return outputs;
  throw new PartialFailure(
    fullName(planned),
    `Helm release "${fullName(planned)}" failed to initialize completely. Use Helm CLI to investigate: ${failureText(planned, failure)}`,
    outputs,
  );
}

/** Reports what helm reports; a failed release is an output here, not an error. */
export async function readRelease(session: Session, id: string, outputs: Values) {
  const existing = releaseOf(plainObject(outputs));
  const [name = "", namespace = session.defaultNamespace] = id.split("/").reverse();
  existing.name ||= name;
  existing.namespace ||= namespace;
  const record = await latestRevision(session.reachable(), session.helmDriver, String(existing.namespace), String(existing.name));
  if (!record) return undefined;
  const release = await withRecord(existing, record);
  const stored = outputs[inputsKey];
  if (stored !== undefined) {
    const inputs = isObject(stored) && isObject(stored.value) ? stored.value : (stored as Values);
    return { inputs, outputs: outputsOf(inputs, release) };
  }
  // An import: the release itself tells what its inputs must have been.
  release.chart ||= record.chart.metadata.name;
  if (!release.timeout) release.timeout = defaultTimeout;
  const { resourceNames: _names, status: _status, ...inputs } = release;
  return { inputs, outputs: outputsOf(inputs, release) };
}

export async function deleteRelease(session: Session, { urn }: Operation, outputs: Values): Promise<void> {
  if (!session.cluster) {
    throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(session.unreachable)}`);
  }
  const release = releaseOf(plainObject(outputs));
  const wait = release.atomic || !release.skipAwait ? waitFlags({ timeout: release.timeout ?? 0 }) : [];
  const said = await helm([...command(session, "uninstall", release), ...wait], session.helmDriver, session.signal);
  const info = said.replace(/^release "[^"]*" uninstalled$/m, "").trim();
  if (info) session.log("warning", urn, `Helm uninstall returned information: ${JSON.stringify(info)}`);
}
