import { eventually, type Process } from "./processes";
import type { Postgres } from "./postgres";

/** Tables that nobody may write to, each held by a session of its own; reading and pointing at their rows is free. */
export class TableLocks {
  private readonly holders = new Map<string, Process>();
  private constructor(
    private readonly postgres: Postgres,
    private readonly database: string,
  ) {}

  static async hold(postgres: Postgres, database: string, tables: string[]): Promise<TableLocks> {
    const locks = new TableLocks(postgres, database);
    for (const table of tables) {
      locks.holders.set(table, postgres.session(database, `begin; lock table "${table}" in share row exclusive mode; select pg_sleep(3600)`));
    }
    await eventually("the tables to be locked", async () => {
      const dead = [...locks.holders.values()].find(({ isRunning }) => !isRunning);
      if (dead) throw new Error(dead.output);
      const [count] = await postgres.sql(database, "select count(*) from pg_locks where mode = 'ShareRowExclusiveLock' and granted");
      return Number(count) === tables.length;
    });
    return locks;
  }

  get held(): string[] {
    return [...this.holders.keys()];
  }

  async release(table: string): Promise<void> {
    await this.holders.get(table)?.stop();
    this.holders.delete(table);
  }

  async releaseAll(): Promise<void> {
    await Promise.all(this.held.map((table) => this.release(table)));
  }

  /** Tables that a client of this name waits for, and whether its transaction has written to others before. */
  async awaited(client: string): Promise<{ table: string; hasWritten: boolean }[]> {
    const rows = await this.postgres.sql(
      this.database,
      `select relname, backend_xid is not null from pg_locks join pg_class on pg_class.oid = relation join pg_stat_activity using (pid)
       where not granted and application_name = '${client}'`,
    );
    return rows.map((row) => row.split("|")).map(([table, written]) => ({ table: table!, hasWritten: written === "t" }));
  }
}
