import assert from "node:assert/strict";

import { liveRows, writtenTables } from "../helpers/database";
import { TableLocks } from "../helpers/locks";
import { eventually } from "../helpers/processes";
import { app, migrated } from "./setup";

/** Rows without an owner that a killed run leaves behind: Medusa's workflows made them, nothing in the shop leads there. */
const remains = ["price", "price_set", "price_preference", "price_rule", "product_variant_option"];

describe("seed that is killed", () => {
  // Every run is stopped before a write, and the next one gets to the write after it: in the end each step was killed once. A
  // transaction that has begun to write is let through to its end, since killing it leaves what killing it earlier does.
  it("is taken up by the next one, whatever it was about to write", async () => {
    const { postgres } = app();
    await postgres.create("whole", migrated);
    await app().seed("whole").success();
    const whole = await liveRows(postgres, "whole");
    const tables = await writtenTables(postgres, "whole");
    assert.ok(tables.includes("product") && tables.includes("user"), tables.join(" "));

    await app().redis.command("FLUSHALL");
    await postgres.create("killed", migrated);
    const locks = await TableLocks.hold(postgres, "killed", tables);
    const killedAt: string[] = [];
    for (;;) {
      const seed = app().seed("killed");
      const stopped = await eventually("the seed to write", async () => {
        if (!seed.isRunning) return "ended";
        const awaited = await locks.awaited("seed");
        for (const { table, hasWritten } of awaited) if (hasWritten) await locks.release(table);
        return awaited.find(({ hasWritten }) => !hasWritten)?.table;
      });
      if (stopped === "ended") {
        await seed.success();
        break;
      }
      await seed.stop("SIGKILL");
      killedAt.push(stopped);
      await locks.release(stopped);
      const connections = "select 1 from pg_stat_activity where application_name = 'seed'";
      await eventually("the killed seed's connections to end", async () => (await postgres.sql("killed", connections)).length === 0);
    }
    console.log(`      killed before its first write to ${killedAt.join(", ")}`);
    const spared = locks.held.filter((table) => !remains.includes(table));
    assert.deepEqual(spared, [], "tables that the seed was not stopped at");

    const repaired = await liveRows(postgres, "killed");
    for (const key of remains) repaired[key] = whole[key]!;
    assert.deepEqual(repaired, whole);
  });
});
