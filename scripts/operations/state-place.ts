import { refuseForeignShell } from "../../config/shell";
import type { CliPlace } from "../engine/recorded-stacks";
import { pulumiVariables, workFolder } from "../engine/session";
import { ensureTools } from "../machine/tools";
import type { Listener, Scope } from "./scope";

/** Where the CLI looks at an environment's state; no cluster is needed. */
export async function openState({ env }: Pick<Scope, "env">, { say, signal }: Pick<Listener, "say" | "signal">): Promise<CliPlace> {
  refuseForeignShell(env);
  await ensureTools(["pulumi"], say);
  return { session: { env, variables: pulumiVariables(env) }, workFolder: workFolder(env), signal };
}

/** Several at a time, since each mostly waits for a backend; results in the order of the items. */
export async function severally<T, R>(items: readonly T[], signal: AbortSignal, body: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  const lane = async () => {
    for (let next = rest.shift(); next && !signal.aborted; next = rest.shift()) results[next[0]] = await body(next[1]);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return results.filter((result) => result !== undefined);
}
