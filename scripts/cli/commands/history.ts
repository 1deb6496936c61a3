import { Option, type Command } from "commander";
import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { pruneAudit } from "../../operations/audit-prune";
import { audit, operation, operations, type AuditEntry, type Operation } from "../../operations/history";
import { exitCodes, fleetCommand, note, print, printAnswer, secondsOf, wholeNumber, type Common } from "../common";
import { duration, secondsOnly, table } from "../ui/table";

/** The commands that tell what was done to a fleet, and by whom. */
export function historyCommands(program: Command): void {
  fleetCommand(program, "operations")
    .description("what was done to the fleet and what is under way, newest first; or one operation, store by store")
    .argument("[id]", "an operation")
    .option("--cancel", "ask it to end: what is under way is cancelled cleanly, and no further store is begun")
    .action(async (id: string | undefined, { cancel, ...flags }: Common & { cancel?: boolean }) => {
      if (id === undefined && cancel) throw new UserError("--cancel needs an operation", undefined, "usage");
      const found = id === undefined ? await operations(flags) : [await operation(flags, id, { cancel })];
      if (flags.json) return printAnswer("operations", { env: flags.env, operations: found });
      if (id !== undefined) found.forEach(printOperation);
      else print(found.length === 0 ? "Nothing was done yet." : table(["OPERATION", "WHAT", "BY", "STARTED", "TOOK", "STATE", "STORES"], found.map(rowOf)));
    });
  fleetCommand(program, "audit")
    .description("who did what and how it ended, oldest first; the whole trail is checked for changes")
    .argument("[name]", "only what is about this store")
    .option("--since <time>", "no older than this, such as 90s, 10m, 2h or 7d", secondsOf("--since"))
    .option("--verify", "only say whether the trail is whole")
    .option("--anchor <hash>", "a hash that it is known to have had, as apply and --verify print it: it has to be in there still")
    .addOption(new Option("--prune", "export the oldest entries and take them away, as an administrator of the cluster may").conflicts(["since", "verify", "anchor"]))
    .option("--keep <n>", "with --prune: so many of the newest stay at least", wholeNumber("--keep", 1), 10_000)
    .option("--export <file>", "with --prune: where they go, one a line as JSON; it must not be there yet")
    .action(async (store: string | undefined, { since, verify, anchor, prune, keep, export: file, ...flags }: AuditFlags) => {
      if (prune) return pruned(flags, store, keep, file);
      if (file !== undefined) throw new UserError("--export goes with --prune", undefined, "usage");
      if (anchor !== undefined && !/^[0-9a-f]{12,64}$/.test(anchor)) throw new UserError(`--anchor is "${anchor}": no hash, or less than 12 characters of one`, undefined, "usage");
      const { entries, head, broken } = await audit(flags, { store, since, anchor });
      if (flags.json) printAnswer("audit", { env: flags.env, head, broken, entries: verify ? [] : entries, pruned: null });
      else if (!verify) print(entries.length === 0 ? "Nothing is recorded." : table(["TIME", "WHO", "WHAT", "STORE", "OUTCOME", ""], entries.map(lineOf)));
      else if (!broken) print(`The audit trail is whole: ${head.seq} entries. Its last hash: ${head.hash}`);
      if (!broken) return;
      note(`\nthe audit trail is not whole from entry ${broken.seq} on: ${broken.reason}`);
      process.exitCode = exitCodes.failed;
    });
}

interface AuditFlags extends Common {
  since?: number;
  verify?: boolean;
  anchor?: string;
  prune?: boolean;
  keep: number;
  export?: string;
}

async function pruned(flags: Common, store: string | undefined, keep: number, file: string | undefined): Promise<void> {
  if (store !== undefined) throw new UserError("--prune is about the whole trail, not about a store", undefined, "usage");
  if (file === undefined) throw new UserError("--prune takes nothing away that is not exported", "Such as: --prune --export audit-2026.jsonl", "usage");
  const { pruned: gone, head } = await pruneAudit(flags, { keep, file });
  if (flags.json) printAnswer("audit", { env: flags.env, head, broken: null, entries: [], pruned: gone });
  else print(gone ? `${gone.entries} entries went to ${gone.file}, whose SHA-256 is ${gone.sha256}. The trail's last hash: ${head.hash}` : `Nothing is old enough: the trail ends with entry ${head.seq}, and goes by whole segments.`);
}

const by = ({ actor }: Pick<Operation, "actor">) => `${actor.person}@${actor.host}`;

function tookOf({ startedAt, endedAt, state }: Operation): string {
  if (startedAt === undefined) return "";
  const end = endedAt ?? (state === "interrupted" ? undefined : new Date());
  return end === undefined ? "" : duration((new Date(end).getTime() - Date.parse(startedAt)) / 1000);
}

function rowOf(it: Operation): string[] {
  const parts = Object.entries(it.stores);
  const first = parts.slice(0, 3).map(([name]) => name).join(", ");
  return [it.id, it.kind, by(it), secondsOnly(it.startedAt ?? it.requestedAt), tookOf(it), it.state, parts.length > 3 ? `${first} and ${parts.length - 3} more` : first];
}

function printOperation(it: Operation): void {
  print(`${it.kind} ${it.id}: ${it.state}${it.error ? `: ${firstLine(it.error, 200)}` : ""}`);
  print(`by ${by(it)}, known to the cluster as ${it.actor.user}; ${it.startedAt ? "started" : "asked for"} ${secondsOnly(it.startedAt ?? it.requestedAt)}${tookOf(it) && `, took ${tookOf(it)}`}${it.commit ? `; list of commit ${it.commit.slice(0, 12)}${it.commit.endsWith("+") ? ", changed since" : ""}` : ""}`);
  const rows = Object.entries(it.stores).map(([name, { action, result, seconds, step, error, repairs = [] }]) => [name, action, result, seconds === undefined ? "" : duration(seconds), firstLine(error ?? step ?? repairs.join("; "), 200)]);
  if (rows.length > 0) print(`\n${table(["STORE", "ACTION", "RESULT", "TOOK", ""], rows)}`);
}

function lineOf(entry: AuditEntry): string[] {
  const some = Object.keys(entry.stores ?? {});
  const about = entry.store ?? (some.length > 3 ? `${some.slice(0, 3).join(", ")} and ${some.length - 3} more` : some.join(", "));
  return [entry.time && secondsOnly(entry.time), by(entry), entry.action, about, entry.outcome, firstLine([entry.reason ?? entry.operation, entry.times && `(${entry.times} times more)`].filter(Boolean).join(" "), 200)];
}
