import { readSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { parseStores, type StoreList } from "../../config/load";
import type { EditByHand } from "./list-known";
import type { Scope } from "./scope";

/** What a text of the list says. @throws ListErrors with everything that is wrong in it */
export const checkedList = ({ env }: Scope, file: string, text: string): StoreList => parseStores(file, text, readSettings(env));

export interface Edit {
  /** The text that it is for, by its digest; absent: whatever is there. */
  expected?: string;
  /** Whether the list may be wrong before it, as when all of it is replaced. @default false */
  mends?: boolean;
  /** Told before anything is changed that somebody else edited the list since it was last looked at here. */
  byHand?: (edit: EditByHand) => Promise<void>;
}

/** What somebody does with the new text before it is written; `again` where others' edits came in between, and it was made anew. */
export type BeforeEdit = (text: string, again: boolean) => Promise<void>;

export const changed = (list: string) => new UserError(`${list} was changed meanwhile; nothing was written`, "Look at it as it is now, and do it again.", "list-changed");
