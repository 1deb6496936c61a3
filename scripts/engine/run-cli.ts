import { run } from "../machine/os/run";
import type { Session } from "./session";
import { cliFailure, lastError } from "./state-trouble";

/** Long enough for a backend far away; one that does not answer is not waited for. Milliseconds. */
const patience = 60_000;

/** One short command of the CLI beside the Automation API; when it fails, `failing` says what that means. */
export async function runCli(
  { session, workFolder, signal }: { session: Pick<Session, "env" | "variables">; workFolder: string; signal?: AbortSignal },
  args: string[],
  failing: string,
  variables: Record<string, string> = {},
): Promise<string> {
  const pulumi = session.variables.STOREFLEET_PULUMI ?? "pulumi";
  const options = { cwd: workFolder, env: { ...session.variables, ...variables }, timeout: patience, signal };
  const { code, stdout, stderr } = await run(pulumi, [...args, "--non-interactive"], options);
  if (code !== 0) throw cliFailure(session.env, failing, lastError(stderr) || `pulumi ${args[0]} ended with code ${code}`);
  return stdout;
}
