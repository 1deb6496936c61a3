import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { projectRoot } from "../../config/root";
import { words } from "../machine/foreign-words";
import { waitForExit } from "../machine/os/process";
import { noChanges, type Failure, type Operation, type Outcome, type ParentMessage, type WhileHeld, type WorkerMessage } from "./operation";

export interface PoolOptions {
  /** Environment of the workers and, through them, of the CLI, the providers and the programs. */
  variables: NodeJS.ProcessEnv;
  /**
   * Compiled module that a worker runs.
   * @default the store worker, worker.ts
   */
  workerModule?: string;
  /**
   * Heap of one worker, in MiB.
   * @default 192
   */
  heap?: number;
  /**
   * A worker that has said nothing for so long (milliseconds) hangs in its program, and is ended.
   * @default 60000
   */
  silence?: number;
  /** No operation may take longer than this (milliseconds): its CLI is then asked to stop. */
  deadline: number;
  /**
   * A CLI that was asked to stop at the deadline may take so long (milliseconds) to do it.
   * @default 60000
   */
  grace?: number;
}

/** A worker process and what it is doing. */
interface Worker {
  child: ChildProcess;
  cli?: number;
}

/** How often (milliseconds) a worker at work is looked at. */
const look = 500;

/**
 * Worker processes that each run one operation at a time. Processes, not threads or inline programs in this one:
 * an exception, a hang or an exhausted heap in one store's program then ends that store's operation and no other.
 */
export class Pool {
  private readonly idle: Worker[] = [];
  private readonly busy = new Set<Worker>();

  constructor(private readonly options: PoolOptions) {}

  /** Runs one operation; never rejects. `signal` asks the CLI to stop cleanly; `whileHeld` belongs to an operation with `hold`. */
  async run(operation: Operation, onStep: (text: string) => void, signal?: AbortSignal, whileHeld?: WhileHeld): Promise<Outcome> {
    if (signal?.aborted) return failed("cancelled", "cancelled");
    const worker = this.takeIdle() ?? this.start();
    this.busy.add(worker);
    const outcome = await this.converse(worker, operation, onStep, signal, whileHeld);
    this.busy.delete(worker);
    if (worker.child.connected) this.idle.push(worker);
    return outcome;
  }

  /** Ends the workers that are idle; call it when the last operation is over. */
  close(): void {
    for (const worker of this.idle.splice(0)) worker.child.kill("SIGKILL");
  }

  /** A worker may have ended while it was idle, killed by a system short of memory for one. */
  private takeIdle(): Worker | undefined {
    let worker = this.idle.pop();
    while (worker && !worker.child.connected) worker = this.idle.pop();
    return worker;
  }

  private start(): Worker {
    const module = this.options.workerModule ?? join(projectRoot, "dist", "bundle", "worker.js");
    const child = fork(module, [], {
      env: this.options.variables,
      execArgv: [`--max-old-space-size=${this.options.heap ?? 192}`],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // A terminal's Ctrl-C is for the parent alone, which cancels each operation once.
      detached: true,
    });
    // An operation under way is told by its own listener; without one, an idle worker's trouble would end this process.
    child.on("error", () => {});
    return { child };
  }

  private converse(worker: Worker, operation: Operation, onStep: (text: string) => void, signal?: AbortSignal, whileHeld?: WhileHeld): Promise<Outcome> {
    const { child } = worker;
    // A worker that ends at this moment can not be told any more; its exit says so.
    const post = (message: ParentMessage) => child.connected && child.send(message, () => {});
    return new Promise((resolve) => {
      let complaint = "";
      let verdict: Failure | undefined;
      // Looks are counted, not hours: a laptop that slept, or a process that was stopped, looked once in all that time.
      let silent = 0;
      let late = -this.options.deadline;

      const watch = setInterval(() => {
        silent += look;
        late += look;
        if (silent > (this.options.silence ?? 60_000)) {
          verdict = { kind: "program", message: `the store's program hung: no sign of life for ${Math.round(silent / 1000)} s` };
          child.kill("SIGKILL");
        } else if (late > 0 && !verdict) {
          verdict = { kind: "program", message: `gave up after ${Math.round(this.options.deadline / 1000)} s` };
          post({ type: "cancel" });
        } else if (late > (this.options.grace ?? 60_000)) {
          child.kill("SIGKILL");
        }
      }, look);
      const onAbort = () => post({ type: "cancel" });
      let repair = Promise.resolve();
      const onHeld = async () => {
        let goOn = false;
        try {
          goOn = (await whileHeld?.()) ?? false;
        } catch (error) {
          if (!signal?.aborted) verdict ??= { kind: "resource", message: (error as Error).message };
        }
        post({ type: "release", goOn });
      };
      const onComplaint = (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000));
      const finish = (outcome: Outcome) => {
        clearInterval(watch);
        signal?.removeEventListener("abort", onAbort);
        child.off("message", onMessage);
        child.off("exit", onExit);
        child.off("error", onError);
        child.stderr?.off("data", onComplaint);
        // A worker that ended meanwhile does not end the repair: nothing else begins before it is over.
        void repair.then(() => resolve(verdict ? { ...outcome, failure: verdict } : outcome));
      };
      const onMessage = (message: WorkerMessage) => {
        silent = 0;
        if (message.type === "cli") worker.cli = message.pid;
        else if (message.type === "step") onStep(message.text);
        else if (message.type === "held") repair = onHeld();
        else if (message.type === "done") finish(message.outcome);
      };
      const onExit = async (code: number | null, killedBy: string | null) => {
        // What the worker said last may arrive after its end.
        await Promise.race([once(child, "close"), delay(1000)]);
        await endCli(worker.cli);
        const message = words.node.outOfMemory.test(complaint)
          ? "the store's program ran out of memory"
          : `the store's program ended its process (${killedBy ?? `exit code ${code}`})${firstLine(complaint)}`;
        finish(failed("program", message));
      };
      const onError = (error: Error) => finish(failed("program", `no worker process could be started: ${error.message}`));
      child.on("message", onMessage);
      child.once("exit", onExit);
      child.once("error", onError);
      child.stderr?.on("data", onComplaint);
      signal?.addEventListener("abort", onAbort, { once: true });
      post({ type: "run", operation });
    });
  }
}

const failed = (kind: Failure["kind"], message: string): Outcome => ({ changes: noChanges(), steps: [], failure: { kind, message } });

const firstLine = (text: string) => {
  const line = text.split("\n").find((candidate) => /error/i.test(candidate));
  return line ? `: ${line.trim()}` : "";
};

/**
 * The CLI of a worker that is gone fails by itself, since its program is. A SIGINT at that moment would end it before
 * it has given up its lock, so one comes only when it goes on for longer, with a release for example.
 */
async function endCli(pid: number | undefined): Promise<void> {
  if (pid === undefined || (await waitForExit(pid, 5000))) return;
  tell(pid, "SIGINT");
  if (!(await waitForExit(pid, 30_000))) tell(pid, "SIGKILL");
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
