import { getStack, RunError } from "@pulumi/pulumi";
import { UserError } from "./config/errors";
import { parseStack } from "./config/names";
import { checkVariables } from "./config/variables";
import { environment } from "./infra";
import { storeProgram } from "./stores";
import { listedStore } from "./stores/listed";

/** What `pulumi` by hand runs: the program that the stack's name asks for. `stores apply` runs the same ones. */
export = async () => {
  try {
    checkVariables();
    const { env, store } = parseStack(getStack());
    return await (store ? storeProgram(env, listedStore(env, store)) : environment(env));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Printed without a stack, as the script does; Pulumi would colour one first, for half a minute with some versions of Node.
    throw Object.assign(new RunError([error.message, error.hint].filter(Boolean).join("\n")), { stack: undefined });
  }
};
