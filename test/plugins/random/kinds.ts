import { randomBytes } from "node:crypto";
import { isUnknown, secret, unknown, type Value, type Values } from "../shared/values";
import { generate, type Composition } from "./generate";

/** One type of random resource: its inputs with their defaults, and what it makes of them. */
export interface Kind {
  /** Value of an input that the program leaves out. */
  defaults: Values;
  /** The outputs that nobody knows before the resource exists. */
  generated: string[];
  /** Generated outputs that are secrets. */
  secrets: string[];
  /** What is wrong with the inputs, if anything is. */
  complaint(inputs: Values): { property: string; reason: string } | undefined;
  make(inputs: Values): Promise<{ id: string; generated: Values }>;
}

const text: Omit<Kind, "make" | "secrets" | "generated"> = {
  defaults: {
    keepers: null, length: null, lower: true, minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0,
    number: true, numeric: true, overrideSpecial: null, special: true, upper: true,
  },
  complaint(inputs) {
    const { length } = inputs;
    if (isUnknown(length)) return undefined;
    if (typeof length !== "number" || length < 1) {
      return { property: "length", reason: `length must be at least 1, got: ${String(length)}` };
    }
    const required = ["minLower", "minUpper", "minNumeric", "minSpecial"]
      .reduce((sum, name) => sum + (typeof inputs[name] === "number" ? inputs[name] : 0), 0);
    if (required > length) {
      return {
        property: "length",
        reason: `length must be at least the sum of minLower, minUpper, minNumeric and minSpecial (${required}), got: ${length}`,
      };
    }
    if ([inputs.lower, inputs.upper, inputs.numeric, inputs.special].every((wanted) => wanted === false)) {
      return { property: "special", reason: "at least one of lower, upper, numeric and special must be true" };
    }
    return undefined;
  },
};

/** RandomPassword's hash, as bcrypt defines it: of the first 72 bytes. */
async function bcryptHash(result: string): Promise<string> {
  const bcrypt = await import("bcryptjs");
  return bcrypt.hash(result, 10);
}

const kinds: { [type: string]: Kind } = {
  "random:index/randomPassword:RandomPassword": {
    ...text,
    generated: ["bcryptHash", "result"],
    secrets: ["bcryptHash", "result"],
    async make(inputs) {
      const result = generate(inputs as unknown as Composition);
      return { id: "none", generated: { result, bcryptHash: await bcryptHash(result) } };
    },
  },
  "random:index/randomString:RandomString": {
    ...text,
    generated: ["result"],
    secrets: [],
    async make(inputs) {
      const result = generate(inputs as unknown as Composition);
      return { id: result, generated: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    defaults: { byteLength: null, keepers: null, prefix: null },
    generated: ["b64Std", "b64Url", "dec", "hex"],
    secrets: [],
    complaint({ byteLength }) {
      if (isUnknown(byteLength) || (typeof byteLength === "number" && byteLength >= 1)) return undefined;
      return { property: "byteLength", reason: `byteLength must be at least 1, got: ${String(byteLength)}` };
    },
    async make({ byteLength, prefix }) {
      const bytes = randomBytes(byteLength as number);
      const id = bytes.toString("base64url");
      const before = (prefix as string | null) ?? "";
      return {
        id,
        generated: {
          b64Std: before + bytes.toString("base64"),
          b64Url: before + id,
          dec: before + BigInt(`0x${bytes.toString("hex")}`).toString(),
          hex: before + bytes.toString("hex"),
        },
      };
    },
  },
};

export function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (kind) return kind;
  throw new Error(
    `resource type ${type} is not part of Storefleet's stand-in for the Pulumi random provider, which knows ` +
      `${Object.keys(kinds).join(", ")}; install the real plugin (pulumi plugin install resource random) to use it`,
  );
}

/** The inputs with every default in place; `number` is the old name of `numeric`, and either sets both. */
export function complete(kind: Kind, inputs: Values): Values {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
  const all: Values = { ...kind.defaults, ...given };
  if ("numeric" in kind.defaults) {
    const numeric: Value = given.numeric ?? given.number ?? true;
    Object.assign(all, { numeric, number: numeric });
  }
  return all;
}

/** Outputs of a resource whose generated part is still to come. */
export const planned = (kind: Kind, inputs: Values): Values =>
  ({ ...inputs, ...Object.fromEntries(kind.generated.map((name) => [name, unknown])) });

export const hideSecrets = (kind: Kind, outputs: Values): Values =>
  Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, kind.secrets.includes(key) ? secret(value) : value]));
