import type { Command } from "commander";
import { firstLine } from "../../../config/first-line";
import { backup, backups, type Snapshot } from "../../operations/backups";
import { restore, type Replacement } from "../../operations/restore";
import { confirm, exitCodes, interruptible, listening, note, print, printAnswer, wholeNumber, withCluster, withCommon, type Common } from "../common";
import { sizeOf } from "../ui/deletion";
import { duration, table } from "../ui/table";

/** Backups of stores: made, looked at, put back. */
export function backupCommands(program: Command): void {
  withCluster(withCommon(program.command("backup")))
    .description("back stores up now, besides what is done by itself")
    .argument("[names...]", "stores that run")
    .option("--all", "every store of the environment")
    .option("--concurrency <n>", "stores at a time", wholeNumber("--concurrency", 1))
    .action(async (names: string[], flags: Common & { all?: boolean; concurrency?: number }) => {
      const stores = await listening((listener) => backup(flags, { ...flags, names }, listener));
      if (flags.json) printAnswer("backup", { env: flags.env, stores });
      else print(table(["STORE", "RESULT", "TIME", "BACKUP", "SIZE", "NEW", ""], stores.map(({ name, result, seconds, snapshot, bytes, added, error }) => [name, result, duration(seconds), snapshot ?? "", size(bytes), size(added), firstLine(error ?? "", 200)])));
      if (stores.some(({ result }) => result === "failed")) process.exitCode ??= exitCodes.failed;
    });

  withCluster(withCommon(program.command("backups")))
    .description("what backups there are of a store, of earlier ones of its name as well")
    .argument("<name>", "running or not")
    .action(async (name: string, flags: Common) => {
      const { snapshots, unreadable } = await interruptible((signal) => backups(flags, name, { signal }));
      if (flags.json) return printAnswer("backups", { name, snapshots, unreadable });
      if (snapshots.length === 0) print("No backups.");
      else print(table(["BACKUP", "TIME", "FOR", "ORDERS", "PRODUCTS", "CUSTOMERS", "SIZE", "OF"], snapshots.map(rowOf)));
      for (const { repository, reason } of unreadable) note(`${repository} can not be read: ${reason}`);
    });

  withCluster(withCommon(program.command("restore")))
    .description("put a backup in the place of what a store has")
    .argument("<name>", "a store that runs; one that was destroyed is applied first")
    .option("--snapshot <id>", "which backup; see `backups`", "latest")
    .option("--no-safety", "do not save what is there now")
    .option("--yes", "do not ask")
    .action(async (name: string, { yes, snapshot, safety, ...flags }: Common & { yes?: boolean; snapshot: string; safety: boolean }) => {
      const restored = await interruptible((signal) => restore(flags, name, { snapshot, safety }, asking(yes), { signal, say: note }), "stopping: the same command goes on with it");
      if (flags.json) printAnswer("restore", restored);
      else print(`${name} is what it was at ${restored.snapshot.time.slice(0, 19)}Z (${duration(restored.seconds)})${restored.saved ? `; what it was before is backup ${restored.saved}` : ""}`);
    });
}

const size = (bytes: number | null) => (bytes === null ? "" : sizeOf(bytes));

const rowOf = ({ id, time, kind, orders, products, customers, bytes, own, repository }: Snapshot) =>
  [id, `${time.slice(0, 19)}Z`, kind, String(orders ?? "-"), String(products ?? "-"), String(customers ?? "-"), size(bytes), own ? "this store" : `an earlier one, ${repository}`];

const asking = (yes = false) => async ({ name, cluster, snapshot, orders, saved, typed }: Replacement): Promise<void> => {
  const rows = [["now", String(orders ?? "unknown")], [`backup ${snapshot.id}, ${snapshot.time.slice(0, 19)}Z`, String(snapshot.orders ?? "unknown")]];
  note(`To be put in the place of what ${name} has, on context ${cluster.context} (${cluster.server}):\n${table(["", "ORDERS"], rows)}\n${saved ? "What it has now is saved before." : "What it has now is lost."}`);
  if (!yes) await confirm(`Put it back over ${name}?`, "--yes", typed);
};
