import { settingsFile } from "../../config/environment";
import { ListErrors, UserError } from "../../config/errors";
import { readListFile } from "../../config/read-file";
import { fromProject, storesCommand } from "../../config/stores-command";
import { isInCluster, listFile } from "../../stores/listed";
import { openSession } from "../engine/session";
import { changed, checkedList } from "./list-edit";
import { editList } from "./list-home";
import { keepCopy, readListObject, writeListObject } from "./list-in-cluster";
import { digestOfText, imageFilesIn, type ListText } from "./list-text";
import { noteDown } from "./records/of-stores";
import type { Scope } from "./scope";

/**
 * Puts a file's text in the place of the list that is at home in its cluster; nothing is carried out of it until `apply`.
 * @param was the digest of the text that it was made from, or its first 8 digits and more; absent: whatever is there
 * @returns whether it is another text than was there
 * @throws ListErrors where it is wrong; a UserError `list-changed` where another one was there
 */
export async function pushList(scope: Scope, file: string, was?: string): Promise<ListText & { changed: boolean }> {
  const { env } = scope;
  if (was !== undefined && !/^[0-9a-f]{8,64}$/.test(was)) throw new UserError(`--was is "${was}": no digest of a list`, `Of the list as it is: ${storesCommand("list pull --json")}`, "usage");
  if (!isInCluster(env, scope.file)) throw new UserError(`the list of ${env} is at home in ${fromProject(listFile(env, scope.file))}: edit that`, `To have it in the cluster: list: cluster in ${settingsFile(env)}, and ${storesCommand("cluster up")}`, "usage");
  const read = readListFile(file);
  if ("problem" in read) throw new ListErrors([{ file, ...read.problem }]);
  const { text } = read;
  const [picture] = imageFilesIn(text);
  if (picture !== undefined) throw new UserError(`${file} names the picture "${picture.slice(0, 100)}", a file that the cluster has not got; nothing was changed`, "Give its https:// address.", "edit-refused");
  checkedList(scope, file, text);
  const session = await openSession(scope);
  const { kube } = session;
  const noted = () => noteDown(session, { action: "list.changed" });
  const there = await readListObject(kube, env);
  if (there) {
    const digest = digestOfText(there.text);
    if (was !== undefined && !digest.startsWith(was)) throw changed(`the list of ${env}`);
    const written = await editList(scope, kube, () => text, { expected: was && digest, mends: true }, async (_, again) => (again ? undefined : noted()));
    return { ...written, changed: written.digest !== digest };
  }
  if (was !== undefined) throw new UserError(`the cluster has no list of ${env} yet; nothing was written`, "Without --was it is put there.", "list-changed");
  await noted();
  if (!(await writeListObject(kube, env, text, undefined))) throw new UserError(`somebody else put a list of ${env} there meanwhile; nothing was written`, `Look at it: ${storesCommand("list pull")}`, "list-changed");
  return { file: keepCopy(env, text), text, digest: digestOfText(text), changed: true };
}
