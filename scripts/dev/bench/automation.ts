// The stock Automation API, as a process of its own so that it can be measured: inline programs, the default command,
// several stacks at a time. Arguments: phase, list, folder with a folder for each stack, stacks at a time.
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { stackOf } from "../../../config/names";
import type { StoreSpec } from "../../../config/spec";
import { storeProgram } from "../../../stores";
import { listedStores } from "../../../stores/listed";
import { forEachLimited } from "../../machine/os/limited";

const env = "local";
const [phase = "", list, folder = "", concurrency] = process.argv.slice(2);

async function run(spec: StoreSpec): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: stackOf(env, spec.name), projectName: "storefleet", program: () => storeProgram(env, spec) },
    { workDir: join(folder, spec.name) },
  );
  if (phase === "destroy") await stack.destroy({ remove: true });
  else await stack.up();
}

const specs = listedStores(env, list).stores.map(({ spec }) => spec);
forEachLimited(specs, Number(concurrency), new AbortController().signal, run).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
