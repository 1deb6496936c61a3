import type { Postgres } from "./postgres";

export const tablesOf = (postgres: Postgres, database: string): Promise<string[]> =>
  postgres.sql(database, "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1");

/** A checksum of every row of every table. */
export async function fingerprint(postgres: Postgres, database: string): Promise<Record<string, string>> {
  const tables = await tablesOf(postgres, database);
  const sums = tables.map((table) => `select '${table}', count(*), md5(string_agg(t::text, E'\\n' order by t::text)) from "${table}" t`);
  return Object.fromEntries((await postgres.sql(database, sums.join(" union all "))).map((row) => [row.split("|")[0]!, row]));
}

/** Tables that were written to since the database was made. */
export const writtenTables = (postgres: Postgres, database: string): Promise<string[]> =>
  postgres.sql(database, "select relname from pg_stat_user_tables where schemaname = 'public' and n_tup_ins + n_tup_upd + n_tup_del > 0 order by 1");

/** How many rows each table holds that are not deleted. */
export async function liveRows(postgres: Postgres, database: string): Promise<Record<string, number>> {
  const deletable = new Set(
    await postgres.sql(database, "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'deleted_at'"),
  );
  const counts = (await tablesOf(postgres, database)).map(
    (table) => `select '${table}', count(*) from "${table}" ${deletable.has(table) ? "where deleted_at is null" : ""}`,
  );
  const rows = await postgres.sql(database, counts.join(" union all "));
  return Object.fromEntries(rows.map((row) => row.split("|") as [string, string]).map(([table, count]) => [table, Number(count)]));
}
