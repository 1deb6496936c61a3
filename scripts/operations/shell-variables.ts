import { resolve } from "node:path";
import { openSession } from "../engine/session";
import type { Scope } from "./scope";

/** What a shell needs for pulumi, kubectl and helm by hand. */
export async function shellVariables({ file, ...scope }: Scope): Promise<Record<string, string>> {
  const { variables } = await openSession(scope);
  return { ...variables, ...(file && { STOREFLEET_FILE: resolve(file) }) };
}
