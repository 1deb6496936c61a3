import { quoted } from "./shown";

/** A place in data as it is written in messages: `["stores", 2, "plan"]` is `stores[2].plan`, `["labels", "example.com/x"]` is `labels["example.com/x"]`. */
export const propertyPath = (path: readonly PropertyKey[]): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : /^[\w:-]+$/.test(String(step)) ? `${at > 0 ? "." : ""}${String(step)}` : `[${quoted(String(step))}]`)).join("");
