import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../config/errors";
import type { Session } from "../../../../scripts/engine/session";
import type { At } from "../../../../scripts/operations/asked";
import { editList } from "../../../../scripts/operations/list-home";
import { fetched, refreshIfThere, refreshList, writeListObject } from "../../../../scripts/operations/list-in-cluster";
import { readListText } from "../../../../scripts/operations/list-text";
import { readOperations } from "../../../../scripts/operations/records/operation";
import { replaceList, requestChange, requestRemoval, requestStore } from "../../../../scripts/operations/requests";
import { runQueue } from "../../../../scripts/operations/runner";
import { listedStores, setCopy } from "../../../../stores/listed";
import { FakeKube } from "../../helpers/fake-kube";
import { useCacheFolder } from "../../helpers/cache-folder";
import { withSettings } from "../../helpers/settings-file";

const text = "# Our shops.\nstores:\n  # The first one.\n  - name: acme\n    engine: woocommerce # for now\n";
const path = "/api/v1/namespaces/storefleet-control/configmaps/storefleet-list-local";
const env = "local";

describe("a list that is at home in its cluster", () => {
  withSettings("list: cluster");
  useCacheFolder();
  let kube: FakeKube;
  let at: At;
  beforeEach(() => {
    kube = new FakeKube();
    at = { scope: { env }, session: { env, kube: kube.asKube, by: { via: "api", person: "somebody", host: "127.0.0.1" } } as unknown as Session };
  });
  const put = (its = text) => writeListObject(kube.asKube, env, its, undefined);
  const written = () => kube.objects.get(path)!.data!["stores.yaml"];
  const refusedAs = (code: string, message = /./) => (error: Error) => error instanceof UserError && error.code === code && message.test(error.message);

  it("is read by everybody as it is there, through a copy", async () => {
    await put();
    await refreshList(at.scope, kube.asKube);
    assert.deepEqual(listedStores(env).stores.map(({ spec }) => spec.name), ["acme"]);
    kube.put(path, { data: { "stores.yaml": text.replace("acme", "bloom") } });
    await refreshList(at.scope, kube.asKube);
    assert.deepEqual(listedStores(env).stores.map(({ spec }) => spec.name), ["bloom"]);
  });

  it("that is not there is no empty one: nobody is told of stores that left it", async () => {
    await assert.rejects(refreshList(at.scope, kube.asKube), refusedAs("list-invalid", /none is there yet/));
    await refreshIfThere(at.scope, kube.asKube);
    assert.throws(() => listedStores(env), refusedAs("list-invalid", /none is there yet/));
    await put();
    await refreshIfThere(at.scope, kube.asKube);
    assert.equal(listedStores(env).stores.length, 1);
  });

  it("is not read from an old copy once its cluster can not be asked", async () => {
    await put();
    await refreshList(at.scope, kube.asKube);
    setCopy(env, new UserError("the cluster is away", undefined, "cluster-unreachable"));
    assert.throws(() => readListText(at.scope), refusedAs("cluster-unreachable"));
  });

  it("gives way to a file that is named", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-list-"));
    writeFileSync(join(folder, "own.yaml"), text);
    assert.equal(listedStores(env, join(folder, "own.yaml")).stores.length, 1);
    rmSync(folder, { recursive: true });
  });

  it("is edited byte for byte, by requests that wait then", async () => {
    await put();
    await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
    await requestChange(at, "acme", { title: "Acme" });
    assert.match(written()!, /^# Our shops\.\nstores:\n {2}# The first one\.\n {2}- name: acme\n {4}engine: woocommerce # for now\n/);
    assert.match(written()!, /title: Acme/);
    assert.match(written()!, /name: cargo/);
    await requestRemoval(at, "cargo");
    assert.doesNotMatch(written()!, /cargo/);
    assert.deepEqual((await readOperations(kube.asKube, env)).map(({ state }) => state), ["queued", "queued", "queued"]);
  });

  it("takes edits of many at once, and loses none", async () => {
    await put();
    const names = Array.from({ length: 20 }, (_, index) => `shop-${index}`);
    await Promise.all(names.map((name) => requestStore(at, { name, engine: "medusa" } as { name: string })));
    const { text: after } = await fetched(env, kube.asKube);
    for (const name of names) assert.match(after, new RegExp(`name: ${name}\\b`));
    assert.ok(after.startsWith(text));
    const records = await readOperations(kube.asKube, env);
    assert.deepEqual([records.length, new Set(records.map(({ state }) => state))], [20, new Set(["queued"])]);
  });

  it("is edited anew where somebody came first, unless a certain text was meant", async () => {
    await put();
    let meanwhile = 2;
    const edit = (now: string) => {
      if (meanwhile-- > 0) kube.put(path, { data: { "stores.yaml": `${now}# ${meanwhile}\n` }, metadata: { resourceVersion: `by hand ${meanwhile}` } });
      return `${now}# edited\n`;
    };
    await editList(at.scope, kube.asKube, edit);
    assert.equal(written(), `${text}# 1\n# 0\n# edited\n`);
    const { digest } = await fetched(env, kube.asKube);
    meanwhile = 1;
    await assert.rejects(editList(at.scope, kube.asKube, edit, { expected: digest }), refusedAs("list-changed"));
    assert.doesNotMatch(written()!, /edited\n# 0\n# edited/);
  });

  it("only becomes a valid one, of a size that fits", async () => {
    await put();
    await assert.rejects(replaceList(at, "stores: [", undefined), refusedAs("list-invalid"));
    await assert.rejects(editList(at.scope, kube.asKube, (now) => `${now}# ${"x".repeat(900_000)}\n`), refusedAs("edit-refused", /a ConfigMap holds/));
    assert.equal(written(), text);
  });

  it("is what the queue goes by, also where the process that edited it was killed", async () => {
    await put();
    await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
    setCopy(env, new UserError("an old copy"));
    const seen: string[] = [];
    const stop = new AbortController();
    await runQueue(at, { signal: stop.signal, say: assert.fail }, async () => {
      seen.push(...listedStores(env).stores.map(({ spec }) => spec.name));
      stop.abort();
    });
    assert.deepEqual(seen, ["acme", "cargo"]);
  });
});
