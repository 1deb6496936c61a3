/**
 * Property values as Pulumi puts them on the wire: JSON, in which a secret is a marked object and a value that
 * is not known yet is a marked string.
 */
export type Value = null | boolean | number | string | Value[] | Values;
export type Values = { [key: string]: Value };

const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** The unknown value. The SDK has one mark for each type of value; the string's stands for any. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownMarks = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
]);

export const isUnknown = (value: Value | undefined): boolean => typeof value === "string" && unknownMarks.has(value);

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isSecret = (value: Value | undefined): value is Values =>
  isObject(value) && value[signature] === secretMark;

/** Marks a value as secret, once. */
export const secret = (value: Value): Value => (isSecret(value) ? value : { [signature]: secretMark, value });

/** The value without any secret marks, at any depth. The result shares nothing with its source. */
export function plain(value: Value): Value {
  if (isSecret(value)) return plain(value.value ?? null);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export const plainObject = (values: Values): Values => plain(values) as Values;

function some(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isObject(value) && Object.values(value).some((item) => some(item, test));
}

export const containsUnknown = (value: Value): boolean => some(value, isUnknown);
export const containsSecret = (value: Value): boolean => some(value, isSecret);

/**
 * Copies secretness from inputs to outputs of the same shape: down to single values inside objects, while a
 * list with one secret element becomes secret as a whole, because the server may reorder it.
 */
export function markSecrets(outputs: Values, inputs: Values): void {
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (output === undefined || isSecret(output)) continue;
    if (isObject(output) && isObject(input) && !isSecret(input)) markSecrets(output, input);
    else if (containsSecret(input)) outputs[key] = secret(output);
  }
}

export function equal(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => equal(item, right[i]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && equal(left[key], right[key]));
}
