import assert from "node:assert/strict";

import { liveRows, writtenTables } from "../helpers/database";
import { eventually } from "../helpers/processes";
import { app, migrated } from "./hooks";

/** Rows without an owner that a killed run leaves behind: Medusa's workflows made them, nothing in the shop leads there. */
const remains = ["price", "price_set", "price_preference", "price_rule"];

describe("seed that is killed", () => {
  it("is repaired by the next one, whatever it was about to write", async () => {
    const { postgres, redis } = app();
    await postgres.create("whole", migrated);
    await app().seed("whole").success();
    const whole = await liveRows(postgres, "whole");
    const tables = await writtenTables(postgres, "whole");
    assert.ok(tables.includes("product") && tables.includes("user"), tables.join(" "));

    for (const table of tables) {
      await redis.command("FLUSHALL");
      await postgres.create("killed", migrated);
      const lock = await postgres.lock("killed", table);
      const seed = app().seed("killed");
      const waiting = `select pid from pg_locks where relation = '"${table}"'::regclass and not granted`;
      await eventually(`the seed to write to ${table}`, async () => {
        if (!seed.isRunning) throw new Error(`the seed ended before it wrote to ${table}:\n${seed.output}`);
        return (await postgres.sql("killed", waiting)).length > 0;
      });
      await seed.stop("SIGKILL");
      await lock.stop();
      const connections = "select 1 from pg_stat_activity where application_name = 'seed'";
      await eventually("the killed seed's connections to end", async () => (await postgres.sql("killed", connections)).length === 0);

      await app().seed("killed").success();
      const repaired = await liveRows(postgres, "killed");
      for (const key of remains) repaired[key] = whole[key]!;
      assert.deepEqual(repaired, whole, `killed while writing to ${table}`);
      await postgres.drop("killed");
    }
  });
});
