import { createHash, randomBytes } from "node:crypto";
import { PartialFailure, type CheckResult, type DiffResult, type Operation, type Subject } from "../shared/provider";
import { containsUnknown, isObject, plainObject, type Values } from "../shared/values";
import { annotation, checkpoint, idOf, markObject, metadataOf, stateOf, textOf } from "./checkpoint";
import { ApiError } from "./cluster";
import { kindOf, pathOf, type Kind } from "./kinds";
import { adoptManagers, fieldManagers } from "./managers";
import { normalize, pruneLive } from "./normalize";
import { changesOf, mergePatch } from "./patch";
import type { Session } from "./session";
import { untilGone, untilReady } from "./waits";

const autonamed = "pulumi.com/autonamed";
const dryRun = { dryRun: "All" };

function withMetadata(object: Values, more: Values): Values {
  return { ...object, metadata: { ...metadataOf(object), ...more } };
}

function withAutoname(object: Values, name: string): Values {
  const { annotations } = metadataOf(object);
  if (annotations !== undefined && !isObject(annotations)) return withMetadata(object, { name });
  return withMetadata(object, { name, annotations: { ...annotations, [autonamed]: "true" } });
}

export function checkObject(session: Session, subject: Subject, olds: Values, news: Values, seed: Uint8Array): CheckResult {
  const kind = kindOf(subject.type);
  let inputs = normalize(plainObject(news));
  if (inputs.metadata === undefined || isObject(inputs.metadata)) {
    if (!textOf(inputs, "name") && metadataOf(inputs).generateName !== undefined) {
      throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    }
    const before = plainObject(olds);
    if (!textOf(inputs, "name")) {
      if (Object.keys(olds).length === 0) {
        // The same seed in preview and update gives the same name.
        const suffix = seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
        inputs = withAutoname(inputs, `${subject.name}-${suffix.slice(0, 8)}`);
      } else if (annotation(before, autonamed) === "true") {
        inputs = withAutoname(inputs, textOf(before, "name"));
      }
    }
    if (kind.namespaced && !textOf(inputs, "namespace")) {
      inputs = withMetadata(inputs, { namespace: session.defaultNamespace });
    }
  }
  return { inputs: markObject(inputs, news) };
}

function replaceOn(session: Session, kind: Kind, inputs: Values): string[] {
  const identity = ["metadata.name", "metadata.namespace"];
  const immutable = inputs.immutable === true;
  if (kind.kind === "Secret" && (!session.secretMutable || immutable)) return [...identity, "type", "stringData", "data"];
  if (kind.kind === "ConfigMap" && (!session.configMapMutable || immutable)) return [...identity, "binaryData", "data"];
  return [...identity, ...(kind.replaceOn ?? [])];
}

export function diffObject(session: Session, { type }: Subject, olds: Values, news: Values, ignoreChanges: string[]): DiffResult {
  const kind = kindOf(type);
  const { inputs, live } = stateOf(olds);
  let before = pruneLive(live, normalize(inputs));
  let after = normalize(plainObject(news));
  if (kind.namespaced) {
    before = withMetadata(before, { namespace: textOf(before, "namespace") || "default" });
    after = withMetadata(after, { namespace: textOf(after, "namespace") || "default" });
  } else {
    for (const object of [before, after]) delete metadataOf(object).namespace;
  }
  if (textOf(after, "name")) before = withMetadata(before, { name: textOf(live, "name") });

  const patch = mergePatch(before, after);
  const changes = changesOf(patch, before, after, before, replaceOn(session, kind, after));
  for (const path of [...changes.keys()]) {
    if (ignoreChanges.some((ignored) => path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`))) {
      changes.delete(path);
    }
  }
  const deleteBeforeReplace =
    [...changes.values()].some(({ replace }) => replace) &&
    textOf(after, "name") !== "" && annotation(after, autonamed) !== "true" &&
    textOf(after, "name") === textOf(live, "name") && textOf(after, "namespace") === textOf(live, "namespace");
  return { changes, deleteBeforeReplace };
}

const alreadyExistsHelp =
  "The resource already exists in the cluster. Rename it or remove the existing one, adopt it with `pulumi import`, " +
  "or set upsertExistingObjects on the provider to update existing objects on create.";

export async function createObject(session: Session, operation: Operation, given: Values): Promise<{ id: string; outputs: Values }> {
  const { urn, preview } = operation;
  const kind = kindOf(operation.type);
  const inputs = plainObject(given);
  if (preview && (!session.cluster || containsUnknown(inputs))) return { id: "", outputs: given };
  const cluster = session.reachable();
  const manager = fieldManagers.of(inputs) ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  const namespace = textOf(inputs, "namespace");

  const send = () => session.upsertExisting
    ? cluster.request("PATCH", pathOf(kind, namespace, textOf(inputs, "name")), {
        body: inputs, contentType: "application/apply-patch+yaml", signal: session.signal,
        query: { fieldManager: manager, force: String(session.patchForce || preview), ...(preview && dryRun) },
      })
    : cluster.request("POST", pathOf(kind, namespace), {
        // Known to every later update as this provider's own, whatever its manager is called by then.
        query: { fieldManager: "pulumi-kubernetes", ...(preview && dryRun) }, body: inputs, signal: session.signal,
      });

  let live: Values;
  try {
    live = await session.retryWhileMissing(urn, preview, send);
  } catch (error) {
    const { code, reason, details } = error instanceof ApiError ? error : { code: 0, reason: "", details: {} as Values };
    const unforeseeable = code === 403 || reason === "AlreadyExists" || (code === 404 && details.kind === "namespaces");
    if (preview && unforeseeable) return { id: "", outputs: given };
    const help = reason === "AlreadyExists" ? `\n\n${alreadyExistsHelp}` : "";
    throw new Error(
      `resource "${urn}" was not successfully created by the Kubernetes API server: ${(error as Error).message}${help}`,
    );
  }
  const outputsOf = (object: Values) => checkpoint(inputs, object, given, kind.apiVersion, manager);
  if (preview) {
    const { status: _none, ...planned } = live;
    return { id: "", outputs: outputsOf(planned) };
  }
  const { object, failure } = await untilReady(session, kind, inputs, live);
  if (failure) {
    throw new PartialFailure(
      idOf(object),
      `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
        `initialize or become live: ${failure}`,
      outputsOf(object),
    );
  }
  return { id: idOf(object), outputs: outputsOf(object) };
}

export async function updateObject(session: Session, operation: Operation, olds: Values, given: Values): Promise<Values> {
  const { urn, preview } = operation;
  const kind = kindOf(operation.type);
  const inputs = normalize(plainObject(given));
  if (preview && (!session.cluster || containsUnknown(inputs))) return given;
  const cluster = session.reachable();
  const old = stateOf(olds);
  const oldManager = fieldManagers.of(old.inputs) ?? old.manager;
  const manager = fieldManagers.of(inputs) ?? old.manager ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  const path = pathOf(kind, textOf(inputs, "namespace"), textOf(old.live, "name"));
  const outputsOf = (object: Values) => checkpoint(inputs, object, given, old.apiVersion ?? kind.apiVersion, manager);

  let object: Values;
  let failure: string | undefined;
  try {
    let live = await cluster.request("GET", path, { signal: session.signal });
    if (!preview) live = await adoptManagers(cluster, path, live, manager, oldManager);
    const force = session.patchForce || (preview && fieldManagers.anyOwn(live));
    const updated = await cluster.request("PATCH", path, {
      body: inputs, contentType: "application/apply-patch+yaml", signal: session.signal,
      query: { fieldManager: manager, force: String(force), ...(preview && dryRun) },
    });
    if (preview) return outputsOf(updated);
    ({ object, failure } = await untilReady(session, kind, inputs, updated));
  } catch (error) {
    if (preview && error instanceof ApiError && error.code === 403) return given;
    failure = fieldManagers.explain(error as Error, manager);
    try {
      object = await cluster.request("GET", path);
    } catch (readError) {
      throw new Error(`update of resource "${urn}" failed: ${failure}\nunable to get cluster state: ${(readError as Error).message}`);
    }
  }
  if (failure === undefined) return outputsOf(object);
  throw new PartialFailure(
    idOf(object),
    `the Kubernetes API server reported that "${idOf(object)}" failed to fully initialize or become live: ${failure}`,
    outputsOf(object),
  );
}

/** Inputs of an object that was made by others, for `pulumi import`. */
function importedInputs({ status: _none, ...live }: Values): Values {
  return normalize(live);
}

export async function readObject(session: Session, { type }: Subject, id: string, outputs: Values, given: Values) {
  const kind = kindOf(type);
  const [name = "", namespace = ""] = id.split("/").reverse();
  const old = stateOf(outputs);
  const inputs = normalize(plainObject(given));
  let live: Values;
  try {
    live = await session.reachable().request("GET", pathOf(kind, textOf(inputs, "namespace") || namespace, name), { signal: session.signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
  const liveInputs = Object.keys(given).length === 0 ? importedInputs(live) : pruneLive(live, inputs);
  const manager = old.manager ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  return {
    inputs: markObject(plainObject(liveInputs), given),
    outputs: checkpoint(liveInputs, live, given, old.apiVersion ?? kind.apiVersion, manager),
  };
}

export async function deleteObject(session: Session, operation: Operation, id: string, outputs: Values): Promise<void> {
  const kind = kindOf(operation.type);
  const { inputs, live, apiVersion, manager } = stateOf(outputs);
  const cluster = session.reachable();
  const path = pathOf(kind, textOf(live, "namespace"), id.split("/").pop());
  try {
    await cluster.request("DELETE", path, {
      body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" }, signal: session.signal,
    });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return;
    throw error;
  }
  if (kind.kind === "Namespace" && annotation(inputs, "pulumi.com/skipAwait") === "true") return;
  const left = await untilGone(session, operation, path, live);
  if (!left) return;
  throw new PartialFailure(
    idOf(left), "timed out waiting for the condition",
    checkpoint(inputs, left, outputs, apiVersion ?? kind.apiVersion, manager ?? ""),
  );
}
