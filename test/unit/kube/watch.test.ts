import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { watch } from "../../../kube/watch";
import { json, StubApi } from "../helpers/stub-api";

const object = (name: string, resourceVersion: string) => ({ metadata: { name, uid: `uid of ${name}`, resourceVersion } });

describe("a watch", () => {
  let api: StubApi;
  before(async () => void (api = await StubApi.start()));
  after(() => api.close());
  beforeEach(() => api.reset());

  /** Answers one list or watch after the other; the last watch stays open. */
  function answers(lists: { items: object[]; version: string }[], watches: ((response: ServerResponse) => void)[]) {
    api.answer = ({ url }, response) => {
      if (url.searchParams.get("watch") === "true") return (watches.shift() ?? ((it) => it.writeHead(200).flushHeaders()))(response);
      const { items, version } = lists.shift()!;
      json(response, { items, metadata: { resourceVersion: version } });
    };
  }
  const says = (...lines: object[]) => (response: ServerResponse) => (response.writeHead(200), response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join("")), response);
  const change = (type: string, it: object) => ({ type, object: it });
  const bookmark = (version: string) => change("BOOKMARK", { metadata: { resourceVersion: version } });

  /** Follows until `count` changes were told. */
  async function follow(count: number): Promise<{ heard: string[]; troubles: string[] }> {
    const kube = await api.open();
    const enough = new AbortController();
    const heard: string[] = [];
    const troubles: string[] = [];
    await watch(kube, "/things", { labels: "a=b" }, {
      onChanges: (changes) => heard.push(...changes.map(({ type, object: { metadata } }) => `${type} ${metadata.name}`)) >= count && enough.abort(),
      onTrouble: ({ message }) => troubles.push(message),
      signal: enough.signal,
      pause: 10,
    });
    return { heard, troubles };
  }
  /** From which versions was watched, and how often listed. */
  const versions = () => api.asked.map(({ url }) => (url.searchParams.has("watch") ? url.searchParams.get("resourceVersion") : "list"));

  it("tells what is there, then what changes, from the version of the list on", async () => {
    answers([{ items: [object("a", "3")], version: "7" }], [says(change("ADDED", object("b", "8")), change("MODIFIED", object("a", "9")), change("DELETED", object("b", "10")))]);
    assert.deepEqual(await follow(4), { heard: ["ADDED a", "ADDED b", "MODIFIED a", "DELETED b"], troubles: [] });
    assert.deepEqual(versions(), ["list", "7"]);
    for (const { url } of api.asked) assert.equal(url.searchParams.get("labelSelector"), "a=b");
    assert.equal(api.asked[1]!.url.searchParams.get("allowWatchBookmarks"), "true");
  });

  it("goes on from the last change or bookmark, where the API server ends it, without a word", async () => {
    answers([{ items: [], version: "7" }], [
      (it) => says(change("ADDED", object("a", "8")))(it).end(),
      (it) => says(bookmark("20"))(it).end(),
      says(change("ADDED", object("b", "21"))),
    ]);
    assert.deepEqual(await follow(2), { heard: ["ADDED a", "ADDED b"], troubles: [] });
    assert.deepEqual(versions(), ["list", "7", "8", "20"]);
  });

  it("goes on after a connection that broke, and after an API server that refuses for a while, and says so", async () => {
    answers([{ items: [], version: "7" }], [
      (it) => setTimeout(() => it.destroy(), 20) && says(change("ADDED", object("a", "8")))(it),
      (it) => json(it, { message: "etcd is away" }, 500),
      says(change("ADDED", object("b", "9"))),
    ]);
    const { heard, troubles } = await follow(2);
    assert.deepEqual(heard, ["ADDED a", "ADDED b"]);
    assert.deepEqual(versions(), ["list", "7", "8", "8"]);
    assert.match(troubles[0]!, /^the cluster "here" at .* does not answer/);
    assert.equal(troubles[1], "etcd is away");
  });

  for (const [how, tooOld] of [
    ["in the watch", says(change("ERROR", { kind: "Status", code: 410, message: "too old resource version" }))],
    ["in place of one", (it: ServerResponse) => json(it, { kind: "Status", message: "too old resource version" }, 410)],
  ] as const) {
    it(`lists again where its version is too old (told ${how}), and tells only what became different`, async () => {
      answers(
        [{ items: [object("same", "1"), object("changed", "2"), object("gone", "3")], version: "7" }, { items: [object("same", "1"), object("changed", "30"), object("new", "31")], version: "32" }],
        [tooOld, says(change("DELETED", object("new", "33")))],
      );
      const { heard, troubles } = await follow(7);
      assert.deepEqual(heard.slice(3), ["DELETED gone", "MODIFIED changed", "ADDED new", "DELETED new"]);
      assert.deepEqual([versions(), troubles], [["list", "7", "list", "32"], []]);
    });
  }

  it("that can not even begin is an error", async () => {
    api.answer = (_, response) => json(response, { message: "things is forbidden" }, 403);
    await assert.rejects(follow(1), { status: 403 });
  });
});
