import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { Socket } from "node:net";

import { watchPool } from "../../src/modules/postgres-watch/watch";

describe("postgres-watch", () => {
  let pool: EventEmitter;
  let client: { connection: { stream: Socket } };

  beforeEach(async () => {
    pool = new EventEmitter();
    client = { connection: { stream: new Socket() } };
    await watchPool({ container: { resolve: () => ({ client: { pool } }) } } as never);
  });

  it("ends a connection that is silent while it is in use", () => {
    const { stream } = client.connection;
    const failures: string[] = [];
    stream.on("error", ({ message }) => failures.push(message));
    for (const event of [1, 2]) {
      pool.emit("acquireSuccess", event, client);
      assert.equal(stream.timeout, 60_000);
    }
    assert.equal(stream.listenerCount("timeout"), 1);
    stream.emit("timeout");
    assert.equal(stream.destroyed, true);
    return new Promise<void>((done) => stream.on("close", done)).then(() => assert.deepEqual(failures, ["Postgres has not answered for 60 s"]));
  });

  it("lets one be that is idle", () => {
    pool.emit("acquireSuccess", 1, client);
    pool.emit("release", client);
    assert.equal(client.connection.stream.timeout, 0);
  });
});
