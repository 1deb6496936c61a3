import { getStack } from "@pulumi/pulumi";
import { parseStack } from "./config/names";
import { checkVariables } from "./config/variables";
import { environment } from "./infra";
import { plainly } from "./infra/plainly";
import { storeProgram } from "./stores";
import { configuredStore } from "./stores/configured";
import { listedStore } from "./stores/listed";

/** What `pulumi` by hand runs: the program that the stack's name asks for. `stores apply` runs the same ones. */
export = () =>
  plainly(async () => {
    checkVariables();
    const { env, store } = parseStack(getStack());
    return await (store ? storeProgram(env, configuredStore(env, store) ?? listedStore(env, store)) : environment(env));
  });
