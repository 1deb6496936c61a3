import { UserError } from "../../config/errors";
import { shellWord, storesCommand } from "../../config/stores-command";
import type { Decision } from "../fleet/classify";
import type { Fleet } from "./open-fleet";
import type { Consent } from "./scope";

export interface DeletionLimits {
  /** More deletions than this are refused. */
  maxDeletes: number;
  /** What was asked for, for the command that would do it. */
  prune: boolean;
  names: string[];
}

/** Deletions need to be few, meant, and not the result of an empty list. */
export async function requirePermission(decisions: Decision[], { wanted }: Pick<Fleet, "wanted">, { maxDeletes, prune, names }: DeletionLimits, consent: Consent): Promise<void> {
  const deletions = decisions.filter(({ action }) => action === "delete").map(({ name }) => name);
  if (deletions.length === 0) return;
  if (wanted.length === 0) {
    throw new UserError(
      `the list is empty, and ${deletions.length} stores run: an empty list deletes nothing`,
      `To remove them all: ${storesCommand("destroy --all")}`,
      "refused-deletion",
    );
  }
  if (deletions.length > maxDeletes) {
    throw new UserError(
      `${deletions.length} stores left the list (${deletions.join(", ")}), more than --max-deletes ${maxDeletes}; nothing was done`,
      `If that is meant: ${storesCommand(["apply", ...names.map(shellWord), ...(prune ? ["--prune"] : []), `--max-deletes ${deletions.length}`].join(" "))}`,
      "refused-deletion",
    );
  }
  await consent(deletions);
}
