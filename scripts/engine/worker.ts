// One process of the pool: runs one operation on one stack at a time, started by pool.ts. The store's program runs in
// here, so whatever it does to the process (an exception, a hang, an exhausted heap) ends this process alone.
import { LocalWorkspace, Stack, type EngineEvent } from "@pulumi/pulumi/automation";
import { variables } from "../../config/variables";
import { environment } from "../../infra";
import { plainly } from "../../infra/plainly";
import { storeProgram } from "../../stores";
import { pulumiVersion } from "../machine/tools/table";
import type { Failure, Operation, Outcome, ParentMessage, WorkerMessage } from "./operation";
import { CliError, leanPulumiCommand } from "./pulumi-command";
import { forgetCli, noteCli } from "./stale-lock";
import { lastError } from "./state-trouble";
import { Recorder } from "./step-recorder";
import { words } from "../machine/foreign-words";

let cancel = new AbortController();
let hold: Hold | undefined;

const send = (message: WorkerMessage) => {
  if (process.connected) process.send?.(message);
};

/** Runs an operation to its end; a failure is an answer, not an exception. */
async function perform(operation: Operation): Promise<Outcome> {
  const newRecorder = () => new Recorder((text) => send({ type: "step", text }));
  let recorder = newRecorder();
  const options = { onEvent: (event: EngineEvent) => recorder.take(event), signal: cancel.signal };
  try {
    if (operation.hold && !(await holdLock(operation, options.signal))) return recorder.outcome();
    const { stack, found } = await openStack(operation);
    // A stack without its namespace: what the state has may be gone from the cluster.
    if (operation.refresh || (operation.fresh && found)) {
      // A command of its own, because only it forgets creations that were cut off. Whatever they left is taken over.
      await stack.refresh({ ...options, clearPendingCreates: true });
      recorder = newRecorder();
    }
    if (operation.kind === "preview") await stack.preview(options);
    else if (operation.kind === "destroy") await stack.destroy({ ...options, remove: true });
    else await stack.up(options);
    return recorder.outcome();
  } catch (error) {
    return { ...recorder.outcome(), failure: classify(error, recorder) };
  }
}

/** A program that makes nothing: Pulumi runs it with the stack's lock, which is what it is for. */
class Hold {
  private letGo: () => void = () => {};
  goOn?: boolean;

  /**
   * Ends by an error whatever happens. A program that ended well without its resources would have them deleted; one
   * that fails has nothing deleted.
   */
  program = () =>
    new Promise<never>((_, reject) => {
      this.letGo = () => reject(new Error("this was a repair under the stack's lock, and no update"));
      send({ type: "held" });
    });

  release(goOn: boolean): void {
    this.goOn = goOn;
    this.letGo();
  }
}

/** Holds the stack's lock until the parent says that its repair is over, and whether to go on. */
async function holdLock(operation: Operation, signal: AbortSignal): Promise<boolean> {
  const holding = (hold = new Hold());
  const { stack } = await openStack(operation, holding.program);
  try {
    await stack.up({ signal });
  } catch (error) {
    if (holding.goOn === undefined || signal.aborted) throw error;
  }
  return holding.goOn ?? false;
}

async function openStack(operation: Operation, program = programOf(operation)): Promise<{ stack: Stack; found: boolean }> {
  const { env, stack } = operation;
  const workspace = await LocalWorkspace.create({
    workDir: operation.workFolder,
    envVars: operation.variables,
    secretsProvider: operation.secretsProvider,
    program,
    pulumiCommand: leanPulumiCommand({
      command: variables.STOREFLEET_PULUMI ?? "pulumi",
      version: pulumiVersion,
      logFile: operation.logFile,
      onStart: (pid) => {
        noteCli(env, operation.stack, pid);
        send({ type: "cli", pid });
      },
      onEnd: (pid, well) => {
        forgetCli(env, operation.stack, pid, well);
        send({ type: "cli", pid: undefined });
      },
    }),
  });
  if (!operation.fresh) return { stack: await Stack.select(stack, workspace), found: true };
  try {
    return { stack: await Stack.create(stack, workspace), found: false };
  } catch (error) {
    if (!(error instanceof CliError && words.pulumi.stackExists.test(error.output))) throw error;
    return { stack: await Stack.select(stack, workspace), found: true };
  }
}

const programOf = (operation: Operation) => {
  const { env, spec } = operation;
  return () => plainly<object>(() => (spec ? storeProgram(env, spec, operation) : environment(env)));
};

/**
 * The CLI speaks of locks and missing stacks in words that a chart's error may use as well, so they count only
 * when the engine had not begun.
 */
function classify(error: unknown, recorder: Recorder): Failure {
  if (cancel.signal.aborted) return { kind: "cancelled", message: "cancelled" };
  const output = error instanceof CliError ? error.output : String((error as Error).stack ?? error);
  if (recorder.began) return recorder.failure() ?? { kind: "cli", message: lastError(output) };
  if (words.pulumi.noStack.test(output)) return { kind: "not-found", message: lastError(output) };
  const lock = output.search(words.pulumi.locked);
  if (lock >= 0) return { kind: "locked", message: output.slice(lock).trim() };
  return { kind: "cli", message: lastError(output) };
}

function stop() {
  cancel.abort();
  hold?.release(false);
}

async function endAfterParent() {
  stop();
  await running;
  process.exit(1);
}

let running: Promise<void> = Promise.resolve();
process.on("message", (message: ParentMessage) => {
  if (message.type === "cancel") return stop();
  if (message.type === "release") return hold?.release(message.goOn);
  cancel = new AbortController();
  running = perform(message.operation).then((outcome) => send({ type: "done", outcome }));
});
// The parent is gone, perhaps killed: let the CLI finish its step and give up its lock, then end.
process.on("disconnect", () => void endAfterParent());
process.on("SIGINT", () => {});
setInterval(() => send({ type: "beat" }), 1000).unref();
send({ type: "ready" });
