import type { Kube } from "../../kube";
import { isInCluster } from "../../stores/listed";
import type { BeforeEdit, Edit } from "./list-edit";
import { editFile } from "./list-file";
import { editInCluster } from "./list-in-cluster";
import type { ListText } from "./list-text";
import type { Scope } from "./scope";

/**
 * Edits the list where it is at home: on the text as it is then, and only into a valid list.
 * @param edit makes the new text of the one that is there
 * @param before told the new text before it is written; throws where it must not be
 * @throws ListErrors where the list is wrong, before or after; a UserError `list-changed` where it is another one than expected
 */
export const editList = (scope: Scope, kube: Kube, edit: (text: string) => string, how: Edit = {}, before: BeforeEdit = async () => undefined): Promise<ListText> =>
  isInCluster(scope.env, scope.file) ? editInCluster(scope, kube, edit, how, before) : editFile(scope, edit, how, before);
