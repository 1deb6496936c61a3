import assert from "node:assert/strict";
import { namespaceOf } from "../../../../config/names";
import { tellEvents } from "../../../../scripts/operations/events";
import { json, StubApi } from "../../helpers/stub-api";

const event = (namespace: string, name: string, lastTimestamp: string) => ({
  metadata: { namespace, name, uid: name, resourceVersion: name, creationTimestamp: lastTimestamp },
  type: "Warning", reason: "BackOff", message: name, involvedObject: { kind: "Pod", name: "shop-0" }, count: 3, lastTimestamp,
});
const acme = namespaceOf("local", "acme");

describe("events that are watched", () => {
  let api: StubApi;
  before(async () => void (api = await StubApi.start()));
  after(() => api.close());
  beforeEach(() => {
    api.reset();
    api.answer = ({ url }, response) => {
      if (!url.searchParams.has("watch")) return json(response, { items: [event(acme, "later", "2026-01-01T00:00:02Z"), event(acme, "sooner", "2026-01-01T00:00:01Z")], metadata: { resourceVersion: "9" } });
      response.writeHead(200);
      const come = [event("kube-system", "nobody's", "2026-01-01T00:00:03Z"), event(namespaceOf("prod", "acme"), "of prod", "2026-01-01T00:00:03Z"), event(acme, "new", "2026-01-01T00:00:03Z")];
      response.write([...come.map((object) => ({ type: "ADDED", object })), { type: "DELETED", object: come[2] }, { type: "MODIFIED", object: come[2] }].map((it) => `${JSON.stringify(it)}\n`).join(""));
    };
  });

  async function heard(which: "all" | "what comes", count: number): Promise<string[]> {
    const enough = new AbortController();
    const told: string[] = [];
    const onEvent = (store: string, { message, object, count: times }: { message: string; object: string; count: number }) => void (told.push(`${store} ${object} ${message} ${times}`) === count && enough.abort());
    await tellEvents(await api.open(), { env: "local" }, "/api/v1/events", which, { onEvent, onTrouble: (message) => assert.fail(message), signal: enough.signal });
    return told;
  }

  it("of a store begin with what the cluster remembers, oldest first; those that are forgotten are none", async () =>
    assert.deepEqual(await heard("all", 4), ["acme Pod/shop-0 sooner 3", "acme Pod/shop-0 later 3", "acme Pod/shop-0 new 3", "acme Pod/shop-0 new 3"]));

  it("of all stores are what comes, and nobody else's", async () => assert.deepEqual(await heard("what comes", 2), ["acme Pod/shop-0 new 3", "acme Pod/shop-0 new 3"]));
});
