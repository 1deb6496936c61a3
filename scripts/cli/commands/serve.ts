import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { UserError } from "../../../config/errors";
import { leadsHere } from "../../../config/host-suffix";
import { fleetCommand, hostAndPort, interruptible, note, printAnswerLine, type Common } from "../common";

const standard = "127.0.0.1:8000";

interface Flags extends Common {
  listen?: { host: string; port: number };
  behind?: string[];
  only?: "api" | "queue";
  sessionKey?: Buffer;
}

export function serveCommand(program: Command): void {
  fleetCommand(program, "serve")
    .description("answer the REST API and the dashboard on this machine until Ctrl-C: docs/api.md")
    .option("--listen <host:port>", `where (default: ${standard})`, hostAndPort(standard))
    .option("--behind <origin...>", "where browsers ask the proxy that alone can reach this, such as https://fleet.example.com", originsOf)
    .addOption(new Option("--only <part>", "api: another process carries out what is asked for; queue: this one does, and answers nobody").choices(["api", "queue"]))
    .option("--session-key <file>", "32 bytes or more that sign the cookies of all processes behind one address", keyIn)
    .action(async ({ listen = hostAndPort(standard)(standard), behind, only, sessionKey, json, ...scope }: Flags) => {
      // All of HTTP is loaded by nobody else.
      const { serve } = await import("../../api/serve.js");
      const onListening = (address: string, token: string | null) => {
        if (json) printAnswerLine("serve", { address, token });
        else note(token === null ? `${address}\nWho may ask: docs/api.md` : `${address}/#token=${token}\nThe address has a token with every right, for this run alone. The API: ${address}/docs`);
      };
      await interruptible((signal) => serve(scope, { ...listen, behind, only, sessionKey }, signal, onListening, note), "");
    });
}

/** Without TLS only what leads to the reader's own machine: a cookie that others can read on its way is theirs. */
function originsOf(value: string, before: string[] = []): string[] {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url?.protocol === "http:" && leadsHere(url.hostname);
  if (url && url.origin === value.replace(/\/$/, "") && (url.protocol === "https:" || plain)) return [...before, url.origin];
  throw new UserError(`--behind is "${value}": not where browsers ask a proxy that speaks TLS`, "Write it like https://fleet.example.com.", "usage");
}

function keyIn(file: string): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    throw new UserError(`${file} can not be read: ${(error as Error).message}`, undefined, "usage");
  }
  if (key.length >= 32) return key;
  throw new UserError(`${file} has ${key.length} bytes: too short for a key`, "Such as: openssl rand -out FILE 32", "usage");
}
