import { dirname, relative } from "node:path";
import { stringify } from "yaml";
import { readSettings } from "../../../config/environment";
import { ListErrors, type ListProblem } from "../../../config/errors";
import { propertyPath } from "../../../config/property-path";
import { listOfOne } from "../../../config/list-of-one";
import { listFileOf, type ListedStore, type StoreList } from "../../../config/load";
import type { EnvironmentName } from "../../../config/names";
import { operatorError, readOperator, type OperatorSettings } from "../../../config/operator";
import { readState, type StateSettings } from "../../../config/state";
import { storesCommand } from "../../../config/stores-command";
import { listedStores } from "../../../stores/listed";
import { environmentStackOf, podQuota, storeStack, type Manifest, type StackArgs } from "./stacks";

/** The operator hands a stack's config over as an argument of a command, which Linux limits to 128 KiB. */
const maxTextBytes = 120_000;

export interface ExportOptions {
  env: EnvironmentName;
  file?: string;
  /** Whether a store is destroyed when its Stack is deleted; a protected one never is. */
  allowDestroy?: boolean;
}

/** What the Pulumi Kubernetes Operator takes an environment and its stores from; of list and settings alone. */
export function operatorManifests({ env, file, allowDestroy = false }: ExportOptions): Manifest[] {
  const operator = readOperator(env);
  const args = { env, settings: readSettings(env), operator, state: sharedState(env, readState(env), operator), allowDestroy };
  return manifestsOf(args, listedStores(env, file));
}

/** The quota, the environment's Stack, and those of the stores by name. */
export function manifestsOf(args: StackArgs, list: StoreList): Manifest[] {
  const folder = dirname(listFileOf(args.env));
  const problems: ListProblem[] = [];
  const stacks = list.stores.map((listed) => {
    const { spec } = listed;
    const text = listOfOne(spec, folder);
    problems.push(...refusals(listed, text, folder).map((problem) => ({ file: list.file, ...problem })));
    return storeStack({ ...args, allowDestroy: args.allowDestroy && !spec.protected }, spec.name, text);
  });
  if (problems.length > 0) throw new ListErrors(problems);
  return [podQuota(args.env), environmentStackOf(args), ...stacks.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))];
}

/** The state of the settings, if pods reach it and can open it. */
export function sharedState(env: EnvironmentName, { backend, secretsProvider }: StateSettings, { variables }: OperatorSettings): StackArgs["state"] {
  if (backend === undefined) throw operatorError(env, [], "needs a state that pods reach, and the settings name none", "set backend below storefleet:state: docs/operations.md");
  if (backend.startsWith("file:")) throw operatorError(env, [], `needs a state that pods reach, and ${backend} is a folder`, "move it into a bucket or a database: docs/operations.md");
  // Pulumi Cloud has a key of its own.
  const key = secretsProvider ?? (backend.startsWith("https:") ? undefined : "passphrase");
  if (key === "passphrase" && !variables.includes("PULUMI_CONFIG_PASSPHRASE")) {
    throw operatorError(env, ["variables"], "lacks PULUMI_CONFIG_PASSPHRASE, by which the state is encrypted", "add it, or set secretsProvider below storefleet:state to a key");
  }
  return { backend, ...(key !== undefined && { secretsProvider: key }) };
}

/** Why a store can not be handed over. */
function refusals({ spec, products }: ListedStore, text: string, folder: string): Omit<ListProblem, "file">[] {
  const refused = (message: string, repair: string) => ({ ...products, message: `${propertyPath(products.path)} ${message}`, repair });
  const outside = spec.products.flatMap(({ image }) => (image && "path" in image && relative(folder, image.path).startsWith("..") ? [image.path] : []));
  const size = Buffer.byteLength(text);
  return [
    ...(outside.length > 0 ? [refused(`names the image file ${outside[0]}, which the operator's image does not have`, "put it below config/, and build that image anew; or give its https:// address")] : []),
    ...(size > maxTextBytes ? [refused(`make store "${spec.name}" ${Math.ceil(size / 1000)} kB of text, and the operator takes ${maxTextBytes / 1000}`, `list fewer, and import the rest in the shop; or keep it in a list of its own, for ${storesCommand("apply", { file: "LIST" })}`)] : []),
  ];
}

/** What tells our files from others; it is the same whatever list or folder was named. */
export const markOf = (env: EnvironmentName) => `# Made by ${storesCommand("export operator", { env, file: undefined })}: an edit is lost at the next.\n`;

/** By file name, each with its mark. */
export const filesOf = (env: EnvironmentName, manifests: Manifest[]): Map<string, string> => new Map(manifests.map((it) => [`${it.metadata.name}.yaml`, markOf(env) + yamlOf(it)]));

export const yamlOf = (manifest: Manifest): string => stringify(manifest, { lineWidth: 0, blockQuote: "literal", aliasDuplicateObjects: false });
