import { Option, type Command } from "commander";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { address, openInBrowser } from "../../operations/addresses";
import { credentials, mailCatcherName, type Credentials } from "../../operations/credentials";
import { events, watchEvents, type EventListener, type StoreEvent } from "../../operations/events";
import { followLogs, logs, type LogOptions } from "../../operations/logs";
import { restart } from "../../operations/restart";
import { simulationNote } from "../../operations/status";
import { fleetCommand, interruptible, listening, note, print, printAnswer, printAnswerLine, secondsOf, wholeNumber, type Common } from "../common";
import { duration, secondsOnly, table } from "../ui/table";

/** The commands that look into one running store. */
export function inspectCommands(program: Command): void {
  fleetCommand(program, "events")
    .description("what the cluster said about a store, oldest first")
    .argument("[name]", "a store; without it, with --watch, all of them")
    .option("--watch", "go on with what comes, a line for each, until Ctrl-C")
    .action(async (name: string | undefined, flags: Common & { watch?: boolean }) => {
      if (flags.watch) return interruptible((signal) => watchEvents(flags, name, { ...eventLines(flags), signal }), "");
      if (name === undefined) throw new UserError("events of which store?", `${storesCommand("events NAME")}, or of all that comes: ${storesCommand("events --watch")}`, "usage");
      const said = await events(flags, name);
      if (flags.json) printAnswer("events", { name, events: said });
      else printEvents(name, said);
    });
  fleetCommand(program, "logs")
    .description("the last lines of every pod of a store, or of one part of it")
    .argument("<name>")
    .argument("[part]", "a container, such as worker or mariadb, or a pod")
    .option("--tail <n>", "lines of each container", wholeNumber("--tail", 1), 50)
    .addOption(new Option("--follow", "go on with what comes, until Ctrl-C").conflicts("json"))
    .option("--previous", "of the container before its last restart")
    .option("--since <time>", "no older than this, such as 90s, 10m or 2h", secondsOf("--since"))
    .option("--timestamps", "each line with its time")
    .action(async (name: string, part: string | undefined, flags: Common & Omit<LogOptions, "part"> & { follow?: boolean }) => {
      const options = { ...flags, part };
      if (flags.follow) return interruptible((signal) => followLogs(flags, name, options, (pod, container, line) => print(`${pod}/${container}  ${line}`), signal), "");
      const found = await logs(flags, name, options);
      if (flags.json) return printAnswer("logs", { name, logs: found.logs });
      for (const { pod, container, text } of found.logs) print(`==> ${pod}/${container} <==\n${text.trimEnd()}\n`);
      if (found.logs.length === 0) print(`${name} has no pods.`);
      if (found.simulated) note(simulationNote);
    });
  fleetCommand(program, "restart")
    .description("restart the pods of a store, or of one part of it")
    .argument("<name>")
    .argument("[part]", "such as worker, wordpress or mariadb")
    .action(async (name: string, part: string | undefined, flags: Common) => {
      const restarted = await listening((listener) => restart(flags, name, part, listener));
      if (flags.json) return printAnswer("restart", { name, restarted });
      print(`Restarting ${restarted.join(", ")}: ${storesCommand(`status ${name}`)}`);
    });
  fleetCommand(program, "credentials")
    .description("address and administrator of a store, or who reads what the mail catcher has")
    .argument("<name>", `a store, or ${mailCatcherName}`)
    .option("--show", "show the password on a terminal, too; elsewhere it always is")
    .action(async (name: string, flags: Common & { show?: boolean }) => {
      const found = await credentials(flags, name);
      if (flags.json) return printAnswer("credentials", found);
      const masked = process.stdout.isTTY && !flags.show && found.password !== undefined;
      printCredentials(masked ? { ...found, password: "•".repeat(8) } : found);
      if (masked) note(`The password: ${storesCommand(`credentials ${name} --show`)}`);
    });
  fleetCommand(program, "open")
    .description("open a store in the browser")
    .argument("<name>")
    .action(async (name: string, flags: Common) => {
      const { url, simulated, remark } = await address(flags, name);
      if (remark) note(remark);
      if (flags.json) return printAnswer("open", { name, url });
      print(url);
      if (simulated) note(simulationNote);
      else if (!(await openInBrowser(url))) note(`No browser can be opened from here; the address is ${url}`);
    });
}

function printEvents(name: string, said: StoreEvent[]): void {
  if (said.length === 0) return print(`No events of ${name} (a cluster keeps them for an hour).`);
  const age = (time: string) => duration((Date.now() - Date.parse(time)) / 1000);
  print(table(["AGE", "TYPE", "OBJECT", "REASON", "MESSAGE"], said.map((it) => [age(it.time), it.type, it.object, it.reason, it.message.trim()])));
}

/** How events are told as they come: each as a line, or as a document in one. */
const eventLines = ({ json }: Common): Pick<EventListener, "onEvent" | "onTrouble"> => ({
  onEvent: (name, it) =>
    json
      ? printAnswerLine("events", { name, events: [it] })
      : print([secondsOnly(it.time), name, it.type, it.object, `${it.reason}:`, it.message.trim().replace(/\s+/g, " "), it.count > 1 ? `(${it.count} times)` : ""].join(" ").trimEnd()),
  onTrouble: (message) => note(`${secondsOnly(new Date())} not heard now: ${message}`),
});

function printCredentials(found: Credentials): void {
  print(Object.entries(found).map(([key, value]) => `${key.padEnd(10)}${value}`).join("\n"));
}
