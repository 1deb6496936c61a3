import { UserError } from "../../../config/errors";
import { openSession } from "../../engine/session";
import type { Scope } from "../scope";
import type { AuditFields } from "./chain";
import { noteDown } from "./of-stores";

/** Enters what is about to be done to the state. Never rejects: the state is mended where no cluster is, so a line says that it is not entered. */
export async function noteOfState({ env }: Pick<Scope, "env">, fields: Pick<AuditFields, "action" | "reason">, say: (text: string) => void): Promise<void> {
  try {
    await noteDown(await openSession({ env }), fields);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`note: not entered in the audit trail: ${error.message}`);
  }
}
