import { dirname, join } from "node:path";
import { Images } from "./check-images";
import { moneyFindings } from "./check-money";
import { numberFindings } from "./check-numbers";
import { crossCheck } from "./checks";
import { ListErrors, type ListProblem } from "./errors";
import { type Explanation, explainIssues } from "./explain";
import { propertyPath } from "./property-path";
import { Lately } from "./lately";
import { documentOf, type ListDocument, type PlacedProblem } from "./list-document";
import type { EnvironmentName } from "./names";
import { readListFile } from "./read-file";
import { projectRoot } from "./root";
import type { RolloutEntry } from "./rollout";
import { type Engine, listSchema, resolveStore, type StoreSpec } from "./spec";

export interface ListedStore {
  spec: StoreSpec;
  /** Where the store's entry starts in the list; lines count from 1. */
  line: number;
  /** Where engine and products are written, in the store's entry or in `defaults`, for a finding about them. */
  engine: Place;
  products: Place;
}

type Place = Pick<ListProblem, "line" | "column" | "path" | "value">;

/** A valid list, in its own order. */
export interface StoreList {
  file: string;
  stores: ListedStore[];
  /** How another release reaches them, where it says so. */
  rollout?: RolloutEntry;
}

export interface LoadOptions {
  /** The environment's host suffix: custom domains below it are refused. */
  hostSuffix?: string;
  /** Whether the environment's stores reach addresses outside the cluster: only then an image may be one. */
  egress?: "allow" | "deny";
  /** From which the paths of images count. @default the file's */
  folder?: string;
}

/** The list that an environment uses unless another is named. */
export const listFileOf = (env: EnvironmentName) => join(projectRoot, "config", `stores.${env}.yaml`);

/** Reads a list completely or throws `ListErrors` with everything that is wrong in it. */
export function loadStores(file: string, options: LoadOptions = {}): StoreList {
  const read = readListFile(file);
  if ("problem" in read) throw new ListErrors([{ file, ...read.problem }]);
  return parseStores(file, read.text, options);
}

interface Read {
  list: StoreList | ListErrors;
  images: Images;
}
/** Now and before, of one list; or of two. */
const lately = new Lately<Read>(3);

/** The same for a text; the file serves in messages. What was made of it before holds as long as the files that it names are the same. */
export function parseStores(file: string, text: string, options: LoadOptions = {}): StoreList {
  const { hostSuffix, egress, folder = dirname(file) } = options;
  const { list } = lately.of(`${JSON.stringify([file, hostSuffix, egress, folder])} ${text}`, () => readStores(file, text, options, new Images(folder)), ({ images }) => images.areAsTheyWere());
  if (list instanceof ListErrors) throw new ListErrors(list.problems);
  return list;
}

function readStores(file: string, text: string, options: LoadOptions, images: Images): Read {
  const fail = (problems: PlacedProblem[]): never => {
    const told = new Set<string>();
    const once = problems.filter(({ line, column, message }) => !told.has(`${line}:${column} ${message}`) && told.add(`${line}:${column} ${message}`));
    const sorted = once.sort((a, b) => a.line - b.line || a.column - b.column);
    throw new ListErrors(sorted.map((problem) => ({ file, ...problem })));
  };
  try {
    return { list: { file, ...readDocument(documentOf(text), images, options, fail) }, images };
  } catch (error) {
    if (error instanceof ListErrors) return { list: error, images };
    // The YAML library and the walks over its tree are recursive.
    if (error instanceof RangeError) return fail([{ line: 1, column: 1, path: [], message: "it is nested too deeply", repair: "a list needs no more than six levels" }]);
    throw error;
  }
}

function readDocument(document: ListDocument, images: Images, { hostSuffix, egress = "allow" }: LoadOptions, fail: (problems: PlacedProblem[]) => never): Omit<StoreList, "file"> {
  if (document.fatal.length > 0) fail(document.fatal);
  const data = document.data();
  if (data == null) fail([{ line: 1, column: 1, path: [], message: "the list is empty", repair: 'write "stores: []" if no store is to run' }]);

  const result = listSchema.safeParse(data, { reportInput: true });
  const issues = result.success ? [] : explainIssues(listSchema, result.error.issues).map((issue) => place(document, issue));
  const findings = [...crossCheck(data, hostSuffix), ...moneyFindings(data), ...images.findings(data, egress), ...numberFindings(data, (path) => document.plainSource(path))].map((finding) =>
    place(document, finding.other ? { ...finding, repair: `${finding.repair} ${document.placeOf(finding.other)}` } : finding),
  );
  const problems = [...document.duplicateKeys, ...issues, ...findings];
  if (!result.success || problems.length > 0) return fail(problems);

  const { defaults, rollout, stores } = result.data;
  const listed = stores.map((store, index) => {
    const at = (key: "engine" | "products") => document.atPath(store[key] === undefined ? ["defaults", key] : ["stores", index, key], { message: "", repair: "" });
    return {
      // Without an engine from either there is a finding above.
      spec: resolveStore({ ...store, engine: (store.engine ?? defaults?.engine) as Engine }, defaults ?? {}, (image) => images.resolve(image)),
      line: document.lineOf(["stores", index]),
      engine: at("engine"),
      products: at("products"),
    };
  });
  return { stores: listed, ...(rollout && { rollout }) };
}

/** Puts the path before the message, and the quotes that a number needs into the repair. */
function place(document: ListDocument, explanation: Explanation): PlacedProblem {
  const plain = explanation.wantsText ? document.plainSource(explanation.path) : undefined;
  return document.atPath(explanation.path, {
    ...explanation,
    message: `${propertyPath(explanation.path) || "the list"} ${explanation.message}`,
    repair: plain ? `put it in quotes: "${plain}"` : explanation.repair,
  });
}
