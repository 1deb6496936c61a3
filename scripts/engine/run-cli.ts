import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../config/errors";
import type { Session } from "./session";

/** One short command of the CLI beside the Automation API; when it fails, `failing` says what that means. */
export async function runCli({ session, workFolder }: { session: Pick<Session, "variables">; workFolder: string }, args: string[], failing: string, variables: Record<string, string> = {}): Promise<string> {
  const pulumi = session.variables.STOREFLEET_PULUMI ?? "pulumi";
  const env = { ...process.env, ...session.variables, ...variables };
  const { stdout } = await promisify(execFile)(pulumi, [...args, "--non-interactive"], { cwd: workFolder, env }).catch((error: Error & { stderr?: string }) => {
    throw new UserError(`${failing}: ${error.stderr?.trim() || error.message}`);
  });
  return stdout;
}
