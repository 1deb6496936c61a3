import { isObject, markSecrets, plainObject, secret, type Values } from "../shared/values";

// A resource's outputs are the live object, and besides it what the next operation needs to know.
const inputsKey = "__inputs";
const apiVersionKey = "__initialApiVersion";
const managerKey = "__fieldManager";

export const metadataOf = (object: Values): Values => (isObject(object.metadata) ? object.metadata : {});

export function textOf(object: Values, key: "name" | "namespace" | "uid"): string {
  const value = metadataOf(object)[key];
  return typeof value === "string" ? value : "";
}

export function annotation(object: Values, name: string): string | undefined {
  const { annotations } = metadataOf(object);
  const value = isObject(annotations) ? annotations[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** `namespace/name`, or the name alone of what has no namespace. */
export function idOf(object: Values): string {
  const namespace = textOf(object, "namespace");
  return namespace ? `${namespace}/${textOf(object, "name")}` : textOf(object, "name");
}

/** Marks what was secret in the inputs, and the contents of a Secret always. */
export function markObject(object: Values, inputs: Values): Values {
  if (object.kind === "Secret") {
    for (const key of ["data", "stringData"]) if (object[key] !== undefined) object[key] = secret(object[key]);
  } else {
    markSecrets(object, inputs);
  }
  return object;
}

/** Outputs of an object: `given` are the inputs as they came, with their secrets marked. */
export function checkpoint(inputs: Values, live: Values, given: Values, apiVersion: string, manager: string): Values {
  return {
    ...markObject(plainObject(live), given),
    [inputsKey]: markObject(plainObject(inputs), given),
    [apiVersionKey]: apiVersion,
    [managerKey]: manager,
  };
}

export interface State {
  inputs: Values;
  live: Values;
  apiVersion: string | undefined;
  manager: string | undefined;
}

export function stateOf(outputs: Values): State {
  const { [inputsKey]: inputs, [apiVersionKey]: apiVersion, [managerKey]: manager, ...live } = plainObject(outputs);
  return {
    inputs: isObject(inputs) ? inputs : {},
    live,
    apiVersion: typeof apiVersion === "string" ? apiVersion : undefined,
    manager: typeof manager === "string" ? manager : undefined,
  };
}
