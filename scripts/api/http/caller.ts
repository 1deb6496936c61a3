import { Problem } from "./problem";
import type { ApiScope } from "../../operations/token-scopes";

/** Who asks, once authorised. */
export interface Caller {
  /** Of the token; empty for nobody. */
  id: string;
  name: string;
  scopes: readonly ApiScope[];
  by: "token" | "cookie" | "nobody";
  /** Where from. */
  address: string;
}

/** Whose token is none, to the audit trail. */
export const stranger = { id: "", name: "unknown" };

export const nobody = (address: string): Caller => ({ id: "", name: "", scopes: [], by: "nobody", address });

/** Refuses a caller who lacks a scope, and names it. */
export function requireScope({ scopes, id, name }: Caller, scope: ApiScope): void {
  if (!scopes.includes(scope)) throw new Problem("scope", `token "${name}" does not have the scope "${scope}"`, { denied: { id, name } });
}
