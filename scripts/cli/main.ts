import { Command, CommanderError } from "commander";
import type { z } from "zod";
import { errorCodes, ListErrors, UserError, type ErrorCode } from "../../config/errors";
import type { failure } from "../operations/answers";
import { fetchList } from "../operations/list-in-cluster";
import { ownVersion } from "../operations/own-version";
import { setGiven, type Given } from "../../config/stores-command";
import { checkVariables } from "../../config/variables";
import { cacheFolder, stateFolder } from "../machine/paths";
import { applyCommand } from "./commands/apply";
import { backupCommands } from "./commands/backup";
import { ciCommand } from "./commands/ci";
import { clusterCommand } from "./commands/cluster";
import { completionCommands } from "./commands/completion";
import { destroyCommand } from "./commands/destroy";
import { driftCommand } from "./commands/drift";
import { envCommand } from "./commands/env";
import { exportCommand } from "./commands/export";
import { historyCommands } from "./commands/history";
import { hostsCommands } from "./commands/hosts";
import { imagesCommand } from "./commands/images";
import { insideCommands } from "./commands/inside";
import { inspectCommands } from "./commands/inspect";
import { listCommands } from "./commands/list";
import { metricsCommand } from "./commands/metrics";
import { planCommand } from "./commands/plan";
import { rbacCommand } from "./commands/rbac";
import { serveCommand } from "./commands/serve";
import { stateCommand } from "./commands/state";
import { statusCommand } from "./commands/status";
import { suspendCommands } from "./commands/suspend";
import { tokenCommand } from "./commands/token";
import { upgradeCommand } from "./commands/upgrade";
import { verifyCommand } from "./commands/verify";
import { exitCodes, Interrupted, printJson } from "./common";
import { err } from "./ui/colours";

/** Commands that read the list, which may be at home in its cluster. */
const readsList = new Set(["plan", "apply", "upgrade", "suspend", "resume", "destroy", "status", "drift", "metrics", "serve", "domains", "hosts", "validate", "env", "operator", "pull"]);

/** The command with all its commands; `inner` is what stands behind `--` of `exec`. */
export function storesProgram(inner: string[] = []): Command {
  const program = new Command("stores")
    .description("One YAML list, a fleet of isolated web shops on Kubernetes.")
    .version(ownVersion())
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .hook("preAction", async (_, command) => {
      checkVariables();
      const about = command.opts<Given>();
      setGiven({ file: undefined, context: undefined, recorded: undefined, ...about });
      if (readsList.has(command.name())) await fetchList(about);
    });
  for (const add of [planCommand, applyCommand, upgradeCommand, suspendCommands, destroyCommand, backupCommands, statusCommand, driftCommand, metricsCommand, serveCommand, tokenCommand, verifyCommand, inspectCommands, historyCommands, listCommands, hostsCommands, clusterCommand, imagesCommand, rbacCommand, exportCommand, stateCommand, envCommand, ciCommand, completionCommands]) {
    add(program);
  }
  insideCommands(program, inner);
  return program;
}

/** The `stores` command. Expected errors are told in a line or two; anything else is a defect and shows its stack. */
export async function main(all: string[]): Promise<void> {
  const [args, inner] = withoutInner(all);
  // A reader such as `head` has seen enough: no defect, and nothing left to say.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const json = args.includes("--json");
  try {
    await storesProgram(inner).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error, json);
    else if (error.exitCode !== 0) {
      process.exitCode = exitCodes.refused;
      if (json) printFailure({ code: "usage", message: error.message.replace(/^error: /, "") });
    }
  }
}

/** What stands behind `--` of `exec` is another program's, whatever it looks like. */
function withoutInner(args: string[]): [string[], string[]] {
  const end = args[0] === "exec" ? args.indexOf("--") : -1;
  return end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
}

/** Tells what went wrong, and ends with code 1, or 3 where nothing had been done yet, or a signal's own. */
export function fail(error: unknown, json = false): void {
  const told = describe(error);
  process.exitCode = error instanceof Interrupted ? error.exitCode : told.code !== "defect" && errorCodes[told.code].refused ? exitCodes.refused : exitCodes.failed;
  process.stderr.write(`${err.red(told.code === "defect" ? "defect:" : "error:")} ${told.message}\n${told.hint ? `${told.hint}\n` : ""}`);
  if (json) printFailure(told);
}

type Failure = Omit<z.infer<typeof failure>["error"], "code"> & { code: ErrorCode | "defect" };

const printFailure = (error: Failure): void => printJson({ error } satisfies z.infer<typeof failure>);

function describe(error: unknown): Failure {
  if (error instanceof UserError) {
    return { code: error.code, message: error.message, ...(error.hint && { hint: error.hint }), ...(error instanceof ListErrors && { problems: error.problems }) };
  }
  if (isRefusal(error)) {
    return { code: "failed", message: error.message, hint: `Tools are kept in ${cacheFolder()}, clusters, state and logs in ${stateFolder()}; STOREFLEET_CACHE names one folder for both.` };
  }
  return { code: "defect", message: String(error instanceof Error ? error.stack : error) };
}

/** A full disk or a folder that can not be written is no defect of this program. */
const isRefusal = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
