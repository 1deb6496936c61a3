import { isScalar, type Pair, stringify, type YAMLMap } from "yaml";

/** What JSON can say. */
export type Json = string | number | boolean | null | Json[] | JsonMap;
export interface JsonMap {
  [key: string]: Json;
}
export const isJsonMap = (value: unknown): value is JsonMap => typeof value === "object" && value !== null && !Array.isArray(value);

/** How values are written: on a line of their own key, inside brackets, or as JSON, where the neighbours are JSON. */
export type Style = "line" | "flow" | "json";

/** How a map's values are written: a map in braces whose keys are in double quotes is JSON. */
export function styleOf(map: YAMLMap): Style {
  if (!map.flow) return "line";
  const key = (map.items[0] as Pair | undefined)?.key;
  return isScalar(key) && key.type === "QUOTE_DOUBLE" ? "json" : "flow";
}

/** A value on one line: scalars as the YAML library writes them, else as JSON, which is YAML; lists and maps in brackets. */
export function print(value: Json, style: Style): string {
  const inside = style === "line" ? "flow" : style;
  if (Array.isArray(value)) return `[${value.map((item) => print(item, inside)).join(", ")}]`;
  if (isJsonMap(value)) {
    const pairs = Object.entries(value).map(([key, item]) => printPair(key, item, inside));
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  if (style === "json" || (typeof value === "string" && unseen.test(value))) return json(value);
  const printed = style === "line" ? stringify({ x: value }, { lineWidth: 0 }).slice("x: ".length, -1) : stringify([value], inBrackets).slice(1, -2);
  return printed.includes("\n") ? json(value) : printed;
}

/** A key with its value; one that other readers of YAML would merge is in quotes. */
export const printPair = (key: string, value: Json, style: Style) => `${print(key, key === "<<" ? "json" : style)}: ${print(value, style)}`;

const inBrackets = { lineWidth: 0, collectionStyle: "flow", flowCollectionPadding: false } as const;

/** What nobody sees in a file, or what UTF-8 can not hold: it is written by its number. Joiners make emoji and some scripts. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]|(?![\u200c\u200d])\p{Cf}/u;
const byNumber = (characters: string) => [...Array(characters.length).keys()].map((at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
const json = (value: Json) => JSON.stringify(value).replace(new RegExp(unseen, "gu"), byNumber);
