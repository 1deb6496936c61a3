import { firstLine } from "../../../config/first-line";
import { causesInWords, isFrameOrNote, type PlannedStore } from "../../operations/plan";
import { out } from "./colours";

type PlannedResource = PlannedStore["resources"][number];

/** More stores than this with equal words share a line. */
export const mostNames = 4;

/** A line for each store, but one for many that are told alike. */
export function rowsOf(planned: PlannedStore[]): string[][] {
  return alike(planned, (store) => `${store.action}\0${whatOf(store)}`).flatMap((stores) => {
    const row = (name: string, more = "") => [name, stores[0]!.action, whatOf(stores[0]!) + more];
    return stores.length <= mostNames ? stores.map(({ name }) => row(name)) : [row(`${stores.length} stores`, `: ${someOf(stores)}`)];
  });
}

function whatOf(store: PlannedStore): string {
  const needs = (store.needs ?? []).map(({ name }) => name);
  return [changeOf(store), ...(needs.length > 0 ? [`others have to write ${needs.length > 1 ? "Secrets" : "Secret"} ${needs.join(", ")} first`] : [])].join("; ");
}

function changeOf({ action, engine, plan, url, why, resources, reason, looked, error }: PlannedStore): string {
  if (error) return firstLine(error);
  if (reason !== undefined) return reason;
  if (!looked) return "not looked at";
  if (action === "create") return `${engine} ${plan}, ${url}`;
  if (action === "delete") return "everything, with all data";
  if (action === "orphan") return "left the list; kept (plan --prune counts it as a deletion)";
  if (action === "protected") return "left the list; protected, so kept";
  return [causesInWords(why), resources.length === 0 ? "no difference" : `(${touched(resources)})`].filter(Boolean).join(" ");
}

/** Kinds of what is touched, by what is done with them: `Release, 2 ConfigMap; creates Job`. */
function touched(resources: PlannedResource[]): string {
  const kinds = new Map<string, Map<string, number>>();
  for (const resource of resources.filter(concerns)) {
    const [op, kind] = [resource.op === "update" ? "" : `${resource.op}s `, kindOf(resource)];
    const counts = kinds.get(op) ?? new Map<string, number>();
    kinds.set(op, counts.set(kind, (counts.get(kind) ?? 0) + 1));
  }
  return [...kinds].map(([op, counts]) => op + [...counts].map(([kind, count]) => (count > 1 ? `${count} ${kind}` : kind)).join(", ")).join("; ") || "nothing but its receipt";
}

/** A replacement is one thing, not the three that Pulumi makes of it; frames and notes are nobody's business. */
export const concerns = (resource: PlannedResource) => !["create-replacement", "delete-replaced"].includes(resource.op) && !isFrameOrNote(resource);

export const kindOf = ({ type }: PlannedResource) => type.split(":").at(-1) ?? type;
const signOf = ({ op }: PlannedResource) => (op === "create" ? out.green("+") : op === "delete" ? out.red("-") : out.yellow("~"));

/** A line for each resource, and below it one for each value that changes; once for stores that change alike. */
export function everyChange(planned: PlannedStore[]): string[] {
  return alike(planned, (store) => linesOf(store).join("\n")).flatMap((stores) => {
    const lines = linesOf(stores[0]!);
    return lines.length === 0 ? [] : ["", stores.length > mostNames ? `${stores.length} stores: ${someOf(stores)}` : stores.map(({ name }) => name).join(", "), ...lines];
  });
}

export const linesOf = ({ resources }: PlannedStore): string[] =>
  resources.filter(concerns).flatMap((resource) => [`  ${signOf(resource)} ${resource.op} ${kindOf(resource)} ${resource.name}`, ...valuesOf(resource)]);

const valuesOf = ({ values, moreValues }: PlannedResource) => [
  ...values.map(({ path, from, to }) => `      ${path}: ${from === undefined && to === undefined ? "(not shown)" : `${from ?? "none"} → ${to ?? "none"}`}`),
  ...(moreValues > 0 ? [`      and ${moreValues} more`] : []),
];

/** Those that are told alike, together; in the order of the first of them. */
export function alike(planned: PlannedStore[], words: (store: PlannedStore) => string): PlannedStore[][] {
  const groups = new Map<string, PlannedStore[]>();
  for (const store of planned) groups.set(words(store), [...(groups.get(words(store)) ?? []), store]);
  return [...groups.values()];
}

export const someOf = (stores: PlannedStore[]) => [...stores.slice(0, mostNames).map(({ name }) => name), "…"].join(", ");
