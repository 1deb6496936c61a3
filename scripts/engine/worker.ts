// One process of the pool: runs one operation on one stack at a time, started by pool.ts. The store's program runs in
// here, so whatever it does to the process (an exception, a hang, an exhausted heap) ends this process alone.
import { LocalWorkspace, Stack, type EngineEvent } from "@pulumi/pulumi/automation";
import { environment } from "../../infra";
import { storeProgram } from "../../stores";
import { Recorder } from "./recorder";
import { CliError, leanPulumiCommand } from "./pulumi-command";
import type { Failure, Operation, Outcome, ParentMessage, WorkerMessage } from "./operation";

let cancel = new AbortController();

const send = (message: WorkerMessage) => {
  if (process.connected) process.send?.(message);
};

/** Runs an operation to its end; a failure is an answer, not an exception. */
async function perform(operation: Operation): Promise<Outcome> {
  const newRecorder = () => new Recorder((text) => send({ type: "step", text }));
  let recorder = newRecorder();
  const options = { onEvent: (event: EngineEvent) => recorder.take(event), signal: cancel.signal };
  try {
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

async function openStack(operation: Operation): Promise<{ stack: Stack; found: boolean }> {
  const { env, spec, stack } = operation;
  const workspace = await LocalWorkspace.create({
    workDir: operation.workFolder,
    envVars: operation.variables,
    program: spec ? () => storeProgram(env, spec, operation) : async () => environment(env),
    pulumiCommand: leanPulumiCommand({
      command: process.env.STOREFLEET_PULUMI ?? "pulumi",
      version: process.env.STOREFLEET_PULUMI_VERSION ?? "3.245.0",
      logFile: operation.logFile,
      onStart: (pid) => send({ type: "cli", pid }),
    }),
  });
  if (!operation.fresh) return { stack: await Stack.select(stack, workspace), found: true };
  try {
    return { stack: await Stack.create(stack, workspace), found: false };
  } catch (error) {
    if (!(error instanceof CliError && /stack '.*' already exists/.test(error.output))) throw error;
    return { stack: await Stack.select(stack, workspace), found: true };
  }
}

/**
 * The CLI speaks of locks and missing stacks in words that a chart's error may use as well, so they count only
 * when the engine had not begun.
 */
function classify(error: unknown, recorder: Recorder): Failure {
  if (cancel.signal.aborted) return { kind: "cancelled", message: "cancelled" };
  const output = error instanceof CliError ? error.output : String((error as Error).stack ?? error);
  if (recorder.began) return recorder.failure() ?? { kind: "cli", message: lastError(output) };
  if (/no stack named '.*' found/.test(output)) return { kind: "not-found", message: lastError(output) };
  if (/the stack is currently locked by|\[409\] Conflict: Another update/.test(output)) {
    return { kind: "locked", message: output.slice(output.search(/the stack is currently locked|\[409\]/)).trim() };
  }
  return { kind: "cli", message: lastError(output) };
}

function lastError(output: string): string {
  const from = output.lastIndexOf("error: ");
  return (from < 0 ? output : output.slice(from + "error: ".length)).trim();
}

async function endAfterParent() {
  cancel.abort();
  await running;
  process.exit(1);
}

let running: Promise<void> = Promise.resolve();
process.on("message", (message: ParentMessage) => {
  if (message.type === "cancel") return cancel.abort();
  cancel = new AbortController();
  running = perform(message.operation).then((outcome) => send({ type: "done", outcome }));
});
// The parent is gone, perhaps killed: let the CLI finish its step and give up its lock, then end.
process.on("disconnect", () => void endAfterParent());
process.on("SIGINT", () => {});
setInterval(() => send({ type: "beat" }), 1000).unref();
send({ type: "ready" });
