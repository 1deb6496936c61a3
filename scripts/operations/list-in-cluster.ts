import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { labelsOfRecord, recordsPath } from "../../infra/control";
import { isConflict, type Kube } from "../../kube";
import { isInCluster, setCopy } from "../../stores/listed";
import { openSession } from "../engine/session";
import { writeWhole } from "../machine/os/write-whole";
import { environmentFolder } from "../machine/paths";
import { changed, checkedList, type BeforeEdit, type Edit } from "./list-edit";
import { digestOfText, type ListText } from "./list-text";
import { withoutPlace } from "./records/audit";
import type { Scope } from "./scope";

const nameOf = (env: string) => `storefleet-list-${env}`;
const pathOf = (env: string) => `${recordsPath}/${nameOf(env)}`;
const key = "stores.yaml";

/** Bytes: a ConfigMap holds a MiB, with all that is about it. */
const most = 900_000;

/** A list as its cluster has it. */
export interface ListObject {
  text: string;
  /** Another one is another list: whoever writes names the one that was read. */
  version: string;
}

/** Undefined where none was put there yet. */
export async function readListObject(kube: Kube, env: string): Promise<ListObject | undefined> {
  const found = await kube.get(pathOf(env));
  return found && { text: found.data?.[key] ?? "", version: found.metadata.resourceVersion ?? "" };
}

/**
 * Puts a text into the list's place, whole or not at all.
 * @param version the one that it is made from; undefined: there was none
 * @returns false where another one is there by now
 */
export async function writeListObject(kube: Kube, env: string, text: string, version: string | undefined): Promise<boolean> {
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw new UserError(`the list has ${bytes} bytes, and a ConfigMap holds ${most} of it; nothing was written`, "Split the fleet into two environments, or have the list in a file: list: file", "edit-refused");
  const data = { [key]: text };
  try {
    if (version !== undefined) return (await kube.merge(pathOf(env), { metadata: { resourceVersion: version }, data })) !== undefined;
    await kube.create(recordsPath, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: nameOf(env), labels: labelsOfRecord("list", env) }, data });
    return true;
  } catch (error) {
    if (!isConflict(error)) throw withoutPlace(error);
    return false;
  }
}

/** Where this machine has its copy, for whatever reads a list from a file. */
const copyOf = (env: string) => join(environmentFolder(env), "list.yaml");

export function keepCopy(env: Scope["env"], text: string): string {
  const copy = copyOf(env);
  // Whoever looks each second finds the same text most of the time.
  if (!existsSync(copy) || readFileSync(copy, "utf8") !== text) writeWhole(copy, text, { ofUserAlone: true });
  setCopy(env, copy);
  return copy;
}

/** The list as its cluster has it at this moment, of which a copy is kept. @throws UserError where there is none */
export async function fetched(env: Scope["env"], kube: Kube): Promise<ListText & { version: string }> {
  const found = await readListObject(kube, env);
  if (!found) throw new UserError(`the list of ${env} is at home in its cluster, and none is there yet`, `Put one there: ${storesCommand("list push FILE", { env, file: undefined })}`, "list-invalid");
  return { ...found, file: keepCopy(env, found.text), digest: digestOfText(found.text) };
}

/** So often an edit is made anew because somebody else's came first: with some hundred at once the last one has its turn. */
const mostTries = 200;

/** Edits the list that is at home in its cluster: by its version, so that who comes second makes theirs anew. */
export async function editInCluster({ env }: Scope, kube: Kube, edit: (text: string) => string, { expected, mends = false }: Edit, before: BeforeEdit): Promise<ListText> {
  for (let tries = 0; ; tries++) {
    // Not from the copy, which another edit of this process may have written meanwhile.
    const { version, ...now } = await fetched(env, kube);
    if (expected !== undefined && expected !== now.digest) throw changed(`the list of ${env}`);
    if (!mends) checkedList({ env }, now.file, now.text);
    const text = edit(now.text);
    if (text === now.text) return now;
    checkedList({ env }, now.file, text);
    await before(text, tries > 0);
    if (await writeListObject(kube, env, text, version)) return { file: keepCopy(env, text), text, digest: digestOfText(text) };
    if (tries === mostTries) throw changed(`the list of ${env}`);
  }
}

/** What is read from now on is the list as its cluster has it at this moment; nothing where its home is a file. */
export async function refreshList({ env, file }: Scope, kube: Kube): Promise<void> {
  if (isInCluster(env, file)) await fetched(env, kube);
}

/** The same where a list that is not there is told by whatever reads it. */
export async function refreshIfThere(scope: Scope, kube: Kube): Promise<void> {
  await refreshList(scope, kube).catch((error) => tellReaders(scope, error));
}

/** Before a command begins; what went wrong is told by whatever reads the list. */
export async function fetchList(scope: Scope): Promise<void> {
  try {
    if (isInCluster(scope.env, scope.file)) await refreshList(scope, (await openSession(scope)).kube);
  } catch (error) {
    tellReaders(scope, error);
  }
}

/** @throws what nobody expects */
function tellReaders({ env }: Scope, error: unknown): void {
  if (!(error instanceof UserError)) throw error;
  setCopy(env, error);
}
