import { Command, CommanderError } from "commander";
import { UserError } from "../../config/errors";
import { setGiven, type Given } from "../../config/stores-command";
import { cacheFolder } from "../machine/paths";
import { applyCommand } from "./commands/apply";
import { clusterCommand } from "./commands/cluster";
import { destroyCommand } from "./commands/destroy";
import { envCommand } from "./commands/env";
import { imagesCommand } from "./commands/images";
import { inspectCommands } from "./commands/inspect";
import { listCommands } from "./commands/list";
import { planCommand } from "./commands/plan";
import { statusCommand } from "./commands/status";
import { verifyCommand } from "./commands/verify";
import { exitCodes } from "./common";
import { err } from "./ui/colours";

/** The `stores` command. Expected errors are told in a line or two; anything else is a defect and shows its stack. */
export async function main(args: string[]): Promise<void> {
  const program = new Command("stores")
    .description("One YAML list, a fleet of isolated web shops on Kubernetes.")
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .hook("preAction", (_, command) => setGiven({ file: undefined, context: undefined, ...command.opts<Given>() }));
  for (const add of [planCommand, applyCommand, destroyCommand, statusCommand, verifyCommand, inspectCommands, listCommands, clusterCommand, imagesCommand, envCommand]) {
    add(program);
  }
  // A reader such as `head` has seen enough: no defect, and nothing left to say.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.failed;
    else fail(error);
  }
}

/** Tells what went wrong, and ends with code 1. */
export function fail(error: unknown): void {
  process.exitCode = exitCodes.failed;
  if (error instanceof UserError) {
    process.stderr.write(`${err.red("error:")} ${error.message}\n${error.hint ? `${error.hint}\n` : ""}`);
  } else if (isRefusal(error)) {
    process.stderr.write(`${err.red("error:")} ${error.message}\nTools, clusters, state and logs are kept in ${cacheFolder()}; STOREFLEET_CACHE names another folder.\n`);
  } else {
    process.stderr.write(`${err.red("defect:")} ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/** A full disk or a folder that can not be written is no defect of this program. */
const isRefusal = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
