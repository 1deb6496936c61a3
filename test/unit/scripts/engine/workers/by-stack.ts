// A worker that does what the operation's stack is called, in place of Pulumi.
import { spawn } from "node:child_process";
import { noChanges, type Operation, type Outcome, type ParentMessage, type WorkerMessage } from "../../../../../scripts/engine/operation";

const send = (message: WorkerMessage) => process.send?.(message);
const outcome: Outcome = { changes: noChanges(), steps: [] };
let cancels = 0;
let onCancel = () => {};
let onRelease = (_goOn: boolean) => {};

const behaviours: Record<string, (operation: Operation) => void | Promise<void>> = {
  ok: () => void send({ type: "done", outcome: { ...outcome, changes: { ...noChanges(), create: 3 } } }),
  exception: () => {
    throw new Error("the shop is on fire");
  },
  rejection: () => Promise.reject(new Error("nobody listens")),
  hang: () => {
    for (;;);
  },
  heap: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  },
  exit: () => process.exit(7),
  "done and gone": () => void process.send?.({ type: "done", outcome } satisfies WorkerMessage, () => process.exit(0)),
  // Answers a moment after the first cancellation, so that a second one would be counted.
  "until cancelled": () => {
    onCancel = () =>
      void setTimeout(() => send({ type: "done", outcome: { ...outcome, failure: { kind: "cancelled", message: `cancelled ${cancels} times` } } }), 100);
  },
  "never ends": () => {
    setInterval(() => send({ type: "beat" }), 100);
  },
  // Holds the lock until the parent's repair is over, and tells what it was told.
  held: () => {
    onRelease = (goOn) => send({ type: "done", outcome: { ...outcome, failure: { kind: "cli", message: `goOn ${goOn}` } } });
    send({ type: "held" });
  },
  "dies while held": () => void process.send?.({ type: "held" } satisfies WorkerMessage, () => process.exit(7)),
  // A stand-in for the CLI that tells when it was interrupted; the worker dies under it.
  "dies before its CLI": async ({ workFolder }) => {
    const note = `process.on("SIGINT", () => { require("fs").appendFileSync(${JSON.stringify(`${workFolder}/signals`)}, "SIGINT "); process.exit(); })`;
    const cli = spawn(process.execPath, ["-e", `${note}; setInterval(() => {}, 1000); console.log("ready")`], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    await new Promise((resolve) => cli.stdout.once("data", resolve));
    send({ type: "step", text: `cli ${cli.pid}` });
    process.send?.({ type: "cli", pid: cli.pid } satisfies WorkerMessage, () => process.exit(1));
  },
};

process.on("message", (message: ParentMessage) => {
  if (message.type === "cancel") {
    cancels += 1;
    if (cancels === 1) onCancel();
    return;
  }
  if (message.type === "release") return onRelease(message.goOn);
  cancels = 0;
  send({ type: "step", text: `pid ${process.pid}` });
  void behaviours[message.operation.stack]?.(message.operation);
});
process.on("disconnect", () => process.exit());
