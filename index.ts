import { getStack } from "@pulumi/pulumi";
import { parseStack } from "./config/names";
import { environment } from "./infra";
import { storeProgram } from "./stores";
import { listedStore } from "./stores/listed";

/** What `pulumi` by hand runs: the program that the stack's name asks for. `stores apply` runs the same ones. */
export = async () => {
  const { env, store } = parseStack(getStack());
  return store ? storeProgram(env, listedStore(env, store)) : environment(env);
};
