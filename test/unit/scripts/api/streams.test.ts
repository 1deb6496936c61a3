import assert from "node:assert/strict";
import { mayWait } from "../../../../scripts/api/live/streams";
import { ApiClient, canary, operationOf, rowOf } from "../../helpers/api-client";

interface Event {
  event: string;
  data: any;
}

/** Reads a stream as a browser does. */
class Listener {
  private text = "";
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    this.reader = (response.body as ReadableStream<Uint8Array>).getReader();
  }

  /** The next event; undefined at the end. */
  async next(): Promise<Event | undefined> {
    for (;;) {
      const end = this.text.indexOf("\n\n");
      if (end >= 0) {
        const [, event = "message", data = ""] = /^(?:event: (\w+)\n)?data: (.*)$/s.exec(this.text.slice(0, end)) ?? [];
        this.text = this.text.slice(end + 2);
        return { event, data: JSON.parse(data) };
      }
      const { done, value } = await this.reader.read();
      if (done) return undefined;
      this.text += Buffer.from(value).toString();
    }
  }

  leave = () => this.reader.cancel();
}

describe("the live fleet", () => {
  let client: ApiClient;
  beforeEach(() => (client = new ApiClient()));
  afterEach(() => client.api.streams.close());

  const open = async (token = "read") => new Listener((await client.ask({ path: "/api/v1/events", token })).response);
  /** As if a second had passed. */
  const later = async () => {
    client.now += 1000;
    await client.api.streams.tick();
  };

  it("is told whole once, then by what changes, and by nothing where nothing does", async () => {
    const listener = await open();
    const whole = await listener.next();
    assert.deepEqual([whole?.event, whole?.data.stores.map(({ id, status }: { id: string; status: string }) => [id, status]), whole?.data.operations.length, whole?.data.health.trouble], ["snapshot", [["acme", "READY"], ["bloom", "FAILED"]], 1, null]);
    await later();
    client.faked.stores = [rowOf("acme", { phase: "DELETING" }), rowOf("cargo")];
    client.faked.operations.unshift(operationOf("20261127-120100-bbbb", { state: "running" }));
    client.faked.status = { listProblem: "stores.yaml:1:1: no" };
    await later();
    const told = [await listener.next(), await listener.next(), await listener.next(), await listener.next(), await listener.next()];
    assert.deepEqual(told.map((it) => [it?.event, it?.data.id, (it?.data.store ?? it?.data.operation)?.status ?? it?.data.operation?.state]), [["store", "acme", "DELETING"], ["store", "cargo", "READY"], ["store", "bloom", undefined], ["operation", "20261127-120100-bbbb", "running"], ["health", undefined, undefined]]);
    assert.equal(told[2]?.data.store, null);
    assert.equal(told[4]?.data.health.listProblem, "stores.yaml:1:1: no");
  });

  it("is looked at once for all clients, and by nobody without one", async () => {
    const listeners = [await open(), await open("admin"), await open()];
    for (const listener of listeners) assert.equal((await listener.next())?.event, "snapshot");
    assert.equal(client.looks, 1);
    await later();
    assert.equal(client.looks, 2);
    for (const listener of listeners) await listener.leave();
    assert.equal(client.api.streams.size, 0);
  });

  it("gives who comes later the whole as well", async () => {
    await (await open()).next();
    client.faked.stores = [rowOf("cargo")];
    await later();
    const second = await open();
    assert.deepEqual((await second.next())?.data.stores.map(({ id }: { id: string }) => id), ["cargo"]);
  });

  it("tells why the cluster can not be looked at, and when it can be again", async () => {
    const listener = await open();
    await listener.next();
    const { operations } = client.faked;
    Object.defineProperty(client.faked, "operations", { configurable: true, get: () => { throw new TypeError(canary); } });
    await later();
    const { trouble } = (await listener.next())!.data.health;
    assert.deepEqual([trouble.status, trouble.type], [500, "urn:storefleet:problem:defect"]);
    assert.ok(!JSON.stringify(trouble).includes(canary));
    Object.defineProperty(client.faked, "operations", { configurable: true, writable: true, value: operations });
    await later();
    assert.equal((await listener.next())?.data.health.trouble, null);
  });

  it("lets go of who does not take what is there for him, and keeps the others", async () => {
    const slow = (await client.ask({ path: "/api/v1/events", token: "read" })).response;
    const quick = await open();
    await quick.next();
    assert.equal(client.api.streams.size, 2);
    for (let at = 0; client.api.streams.size === 2; at++) {
      assert.ok(at < 10, "nobody was let go");
      client.faked.stores = [rowOf("acme", { reason: `${at}`.repeat(mayWait / 4) })];
      await later();
      for (let event = await quick.next(); !event?.data.store?.reason?.startsWith(`${at}`); event = await quick.next());
    }
    await assert.rejects((async () => { for await (const _ of slow.body as unknown as AsyncIterable<Uint8Array>); })(), /too slow/);
    assert.equal(client.api.streams.size, 1);
  });

  it("has at most 20 streams a token", async () => {
    for (let at = 0; at < 20; at++) await open();
    const { status, headers } = await client.ask({ path: "/api/v1/events", token: "read" });
    assert.deepEqual([status, headers.get("retry-after")], [429, "30"]);
    assert.equal((await client.ask({ path: "/api/v1/events", token: "admin" })).status, 200);
  });

  it("ends with its token, and gives signs of life until then", async () => {
    const listener = await open();
    await listener.next();
    await client.api.streams.ping();
    assert.equal((await listener.next())?.event, "ping");
    client.now += 3_600_000;
    await client.api.streams.ping();
    assert.equal(await listener.next(), undefined);
  });

  it("tells lines of logs until they end, or nobody listens any more", async () => {
    const listener = new Listener((await client.ask({ path: "/api/v1/stores/acme/logs/live", token: "read" })).response);
    assert.deepEqual(await listener.next(), { event: "message", data: { pod: "a", container: "b", line: "hello" } });
    assert.equal(await listener.next(), undefined);
    let ended = false;
    client.faked.fleet.followLogs = (_, __, onLine, signal) => new Promise((resolve) => {
      onLine("a", "b", "first");
      signal.addEventListener("abort", () => (ended = true, resolve()));
    });
    const other = new Listener((await client.ask({ path: "/api/v1/stores/acme/logs/live", token: "read" })).response);
    await other.next();
    await other.leave();
    assert.ok(ended);
  });
});
