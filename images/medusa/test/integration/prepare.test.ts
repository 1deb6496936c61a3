import assert from "node:assert/strict";

import { fingerprint, liveRows } from "../helpers/database";
import { eventually, run } from "../helpers/processes";
import { app } from "./setup";

const whole = "whole";

/** All columns and indexes of Medusa's tables. */
const schemaOf = (database: string) =>
  app().postgres.sql(
    database,
    `select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
       from information_schema.columns where table_schema = 'public'
     union all select indexdef from pg_indexes where schemaname = 'public' order by 1`,
  );

const isLike = async (database: string) => {
  assert.deepEqual(await schemaOf(database), await schemaOf(whole));
  assert.deepEqual(await liveRows(app().postgres, database), await liveRows(app().postgres, whole));
};

describe("the assembled application", () => {
  it("is small enough for an image", async () => {
    const megabytes = parseInt(await run("du", ["-sm", app().tree]));
    console.log(`    the application has ${megabytes} MB`);
    assert.ok(megabytes <= 250);
  });
});

describe("prepare", () => {
  before(async () => {
    await app().postgres.create(whole);
    await app().prepare(whole).success();
  });

  it("changes nothing when it is repeated", async () => {
    const before = await fingerprint(app().postgres, whole);
    await app().prepare(whole).success();
    assert.deepEqual(await fingerprint(app().postgres, whole), before);
  });

  it("may be killed anywhere in the migrations and be run again", async () => {
    const { postgres, redis } = app();
    const shop = "killed";
    await postgres.create(shop);
    const tables = "select count(*) from information_schema.tables where table_schema = 'public'";
    const places = [
      { query: tables, from: 3 },
      { query: tables, from: 50 },
      { query: tables, from: 110 },
      { query: "select count(*) from script_migrations", from: 1 },
    ];
    for (const { query, from } of places) {
      const killed = app().prepare(shop);
      await eventually(`${from} of "${query}"`, async () => {
        if (!killed.isRunning) throw new Error(`ended before it could be killed:\n${killed.output}`);
        const [count] = await postgres.sql(shop, query).catch(() => ["0"]);
        return Number(count) >= from;
      });
      await killed.stop("SIGKILL");
    }
    // What a run that is killed while it runs data scripts leaves for an hour.
    await redis.command("SET", "medusa_lock:migration-scripts-running", "*");
    await app().prepare(shop).success();
    await isLike(shop);
  });

  it("does no harm when it runs twice at once", async () => {
    const shop = "twice";
    await app().postgres.create(shop);
    const both = [app().prepare(shop), app().prepare(shop)];
    const outputs = await Promise.all(both.map((each) => each.success()));
    assert.equal(outputs.filter((output) => output.includes("waiting for another process that prepares this database")).length, 1);
    await isLike(shop);
  });
});
