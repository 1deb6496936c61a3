import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";

export interface FakePulumi {
  folder: string;
  command: string;
  /** The arguments of every process that was started. */
  calls(): string[][];
  remove(): void;
}

/**
 * An executable in place of the CLI. `body` is JavaScript; it has `args`, `stack` (after `--stack` or `init`), `say`,
 * `fail(text)` and `events(list)`, which sends engine events to where `--event-log` says.
 */
export function fakePulumi(body: string): FakePulumi {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-pulumi-"));
  const command = join(folder, "pulumi");
  const calls = join(folder, "calls");
  writeFileSync(
    command,
    `#!${process.execPath}
const args = process.argv.slice(2);
require("node:fs").appendFileSync(${JSON.stringify(calls)}, JSON.stringify(args) + "\\n");
const after = (option) => args[args.indexOf(option) + 1];
const stack = args[1] === "init" ? args[2] : after("--stack");
const say = (text) => console.log(text);
const fail = (text) => { console.error("error: " + text); process.exit(255); };
function events(list) {
  const modules = ${JSON.stringify(join(projectRoot, "node_modules"))};
  const grpc = require(modules + "/@grpc/grpc-js");
  const { EventsClient } = require(modules + "/@pulumi/pulumi/proto/events_grpc_pb");
  const { EventRequest } = require(modules + "/@pulumi/pulumi/proto/events_pb");
  const client = new EventsClient(after("--event-log").replace("tcp://", ""), grpc.credentials.createInsecure());
  return new Promise((resolve, reject) => {
    const stream = client.streamEvents((error) => (error ? reject(error) : resolve()));
    for (const event of list) { const request = new EventRequest(); request.setEvent(JSON.stringify(event)); stream.write(request); }
    stream.end();
  });
}
const program = async () => {
${body}
};
program().catch((error) => { console.error(error); process.exit(99); });
`,
  );
  chmodSync(command, 0o755);
  return {
    folder,
    command,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n").map((line) => JSON.parse(line) as string[]) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
