import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../config/errors";
import type { Session } from "../../../../scripts/engine/session";
import { placed } from "../../../../scripts/machine/os/placed-process";
import { editList } from "../../../../scripts/operations/list-home";
import { entriesIn, readListText } from "../../../../scripts/operations/list-text";
import { readTrail } from "../../../../scripts/operations/records/audit";
import { pathOf, readOperations, type Operation } from "../../../../scripts/operations/records/operation";
import { recorded } from "../../../../scripts/operations/records/recorded";
import { replaceList, requestApply, requestChange, requestOn, requestRemoval, requestStore, requestSuspension, tryEdit } from "../../../../scripts/operations/requests";
import type { At } from "../../../../scripts/operations/asked";
import { requestPlan } from "../../../../scripts/operations/queued-plan";
import { runQueue, type CarryOut } from "../../../../scripts/operations/runner";
import { KubeError } from "../../../../kube";
import { FakeKube } from "../../helpers/fake-kube";
import { putStore } from "../../helpers/fleet";

const text = `# Our shops.
stores:
  # The first one.
  - name: acme
    engine: woocommerce # for now
  - { name: bikes, engine: medusa, protected: true }
`;

describe("what an API is asked for", () => {
  let folder: string;
  let file: string;
  let kube: FakeKube;
  let at: At;
  let saved: string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-queue-"));
    file = join(folder, "stores.yaml");
    saved = process.env.STOREFLEET_CACHE;
    process.env.STOREFLEET_CACHE = folder;
    writeFileSync(file, text, { mode: 0o640 });
    kube = new FakeKube();
    at = askedBy("somebody");
  });
  afterEach(() => {
    if (saved === undefined) delete process.env.STOREFLEET_CACHE;
    else process.env.STOREFLEET_CACHE = saved;
    rmSync(folder, { recursive: true });
  });

  const askedBy = (person: string): At => ({
    scope: { env: "local", file }, session: { env: "local", kube: kube.asKube, by: { via: "api", person, host: "127.0.0.1" } } as unknown as Session,
  });
  const written = () => readFileSync(file, "utf8");
  const all = () => readOperations(kube.asKube, "local");
  const told = async () => (await readTrail(kube.asKube)).entries.map(({ action, outcome, store }) => [action, outcome, store].filter(Boolean).join(" "));
  const refusedAs = (code: string) => (error: Error) => error instanceof UserError && error.code === code;

  describe("a request", () => {
    it("edits the list, and waits to be carried out", async () => {
      const asked = await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
      assert.deepEqual([asked.state, asked.kind, asked.names, asked.via, asked.actor.person], ["queued", "apply", ["cargo"], "api", "somebody"]);
      assert.equal(written(), `${text}  - { name: cargo, engine: medusa }\n`);
      assert.equal(statSync(file).mode & 0o777, 0o640);
      assert.deepEqual(await told(), ["list.changed accepted cargo"]);
    });

    it("that makes a wrong list is refused with its place, and leaves no trace", async () => {
      await assert.rejects(requestStore(at, { name: "cargo", engine: "shopware" } as { name: string }), refusedAs("list-invalid"));
      await assert.rejects(requestChange(at, "acme", { plan: "huge" }), refusedAs("list-invalid"));
      await assert.rejects(requestStore(at, { name: "acme", engine: "medusa" } as { name: string }), refusedAs("name-taken"));
      assert.deepEqual([written(), await all(), await told()], [text, [], []]);
    });

    it("on a list that somebody has broken is refused, until it is replaced whole", async () => {
      writeFileSync(file, `${text}  - name: [`);
      await assert.rejects(requestChange(at, "acme", { title: "New" }), refusedAs("list-invalid"));
      await assert.rejects(replaceList(at, "stores: [", readListText(at.scope).digest), refusedAs("list-invalid"));
      await assert.rejects(replaceList(at, text, "of another text"), refusedAs("list-changed"));
      await replaceList(at, text, readListText(at.scope).digest);
      assert.equal(written(), text);
    });

    it("can not have a shop show a file of this machine, but keeps those that the list names already", async () => {
      const files = (image: string) => ({ products: [{ name: "Mug", sku: "m", price: 1, stock: 1, image }] });
      await assert.rejects(requestChange(at, "acme", files("../../secret.png")), refusedAs("edit-refused"));
      await assert.rejects(requestStore(at, { name: "cargo", engine: "woocommerce", ...files("there.png") } as { name: string }), refusedAs("edit-refused"));
      await assert.rejects(replaceList(at, `${text}  - { name: cargo, engine: woocommerce, products: [{ name: Mug, sku: m, price: 1, stock: 1, image: there.png }] }\n`, undefined), refusedAs("edit-refused"));
      await assert.rejects(tryEdit(at, { change: "acme", by: files("there.png") }), refusedAs("edit-refused"));
      assert.equal(written(), text);
      writeFileSync(join(folder, "mug.png"), Buffer.from("\x89PNG\r\n\x1a\n and more", "latin1"));
      writeFileSync(file, text.replace("# for now\n", "# for now\n    products: [{ name: Mug, sku: m, price: 1, stock: 1, image: mug.png }]\n"));
      await requestChange(at, "acme", { ...files("mug.png"), title: "Mugs" });
      assert.match(written(), /title: Mugs/);
    });

    it("for an entry that was changed meanwhile is refused, and one for another entry is not", async () => {
      const ifMatch = entriesIn(text).get("acme")!.digest;
      await requestChange(at, "bikes", { title: "Wheels" });
      await requestChange(at, "acme", { title: "First" }, { ifMatch });
      await assert.rejects(requestChange(at, "acme", { title: "Second" }, { ifMatch }), refusedAs("list-changed"));
      await assert.rejects(requestRemoval(at, "acme", { ifMatch }), refusedAs("list-changed"));
      assert.match(written(), /engine: woocommerce # for now\n {4}title: First\n/);
    });

    it("suspends a store and has it run again, with the key or without it, as the others have it", async () => {
      await requestSuspension(at, "acme", true);
      assert.match(written(), /engine: woocommerce # for now\n {4}suspended: true\n/);
      await requestSuspension(at, "acme", false);
      assert.equal(written(), text);
      const asleep = `defaults: { suspended: true }\n${text}`;
      writeFileSync(file, asleep);
      await requestSuspension(at, "acme", false);
      assert.equal(written(), asleep.replace("# for now\n", "# for now\n    suspended: false\n"));
      await assert.rejects(requestSuspension(at, "acme", true, { ifMatch: "of another" }), refusedAs("list-changed"));
    });

    it("removes what is listed, what only runs, and nothing that is protected", async () => {
      await assert.rejects(requestRemoval(at, "bikes"), refusedAs("protected"));
      await assert.rejects(requestRemoval(at, "nobody"), refusedAs("unknown-store"));
      putStore(kube, "orphan");
      assert.deepEqual((await requestRemoval(at, "orphan")).names, ["orphan"]);
      assert.equal(written(), text);
      assert.equal((await requestRemoval(at, "acme")).kind, "destroy");
      assert.equal(written(), "# Our shops.\nstores:\n  # The first one.\n  - { name: bikes, engine: medusa, protected: true }\n");
    });

    it("with the key of an earlier one is that one again; with another body it is refused; another asker has keys of their own", async () => {
      const entry = { name: "cargo", engine: "medusa" } as { name: string };
      const first = await requestStore(at, entry, { key: "k1" });
      assert.equal((await requestStore(at, entry, { key: "k1" })).id, first.id);
      await assert.rejects(requestStore(at, { ...entry, name: "other" }, { key: "k1" }), refusedAs("key-reused"));
      assert.notEqual((await requestApply(askedBy("another"), {}, { key: "k1" })).id, first.id);
      assert.equal(written(), `${text}  - { name: cargo, engine: medusa }\n`);
      putStore(kube, "acme");
      const both = await Promise.all([requestOn(at, "restart", "acme", { key: "k2" }), requestOn(at, "restart", "acme", { key: "k2" })]);
      assert.equal(both[0].id, both[1].id);
    });

    it("many at once lose nothing", async () => {
      const names = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
      await Promise.all(names.map((name) => requestStore(at, { name, engine: "medusa" } as { name: string })));
      const lines = written().split("\n");
      assert.deepEqual(lines.slice(0, 6), text.trimEnd().split("\n"));
      assert.deepEqual(lines.slice(6, -1).sort(), names.map((name) => `  - { name: ${name}, engine: medusa }`).sort());
      assert.equal((await all()).length, 40);
    });

    it("while the audit trail can not be written changes nothing", async () => {
      kube.before = (path) => {
        if (path.includes("storefleet-audit")) throw new KubeError(503, "away");
      };
      await assert.rejects(requestChange(at, "acme", { title: "New" }), /away/);
      assert.equal(written(), text);
      assert.deepEqual((await all()).map(({ state }) => state), ["abandoned"]);
    });

    it("loses no save of a person who edits meanwhile", async () => {
      const saved = `${text}# A note.\n`;
      await assert.rejects(editList(at.scope, kube.asKube, () => {
        writeFileSync(file, saved);
        return `${text}  - { name: cargo, engine: medusa }\n`;
      }), refusedAs("list-changed"));
      assert.equal(written(), saved);
    });
  });

  describe("the queue", () => {
    /** Carries out nothing, but for the record. @param holds told what begins; resolves when it may end */
    const carryOut = (begun: string[], holds: (name: string) => Promise<unknown> = async () => undefined): CarryOut => async (scope, { kind, names = [] }, { queued }, listener) => {
      const place = { kube: kube.asKube, env: scope.env, by: scope.by };
      await recorded(place, { kind, stores: Object.fromEntries(names.map((name) => [name, "update"])), limit: 60_000, queued }, listener, async () => {
        begun.push(`${kind} ${names.join()}`);
        await holds(names.join());
      }, () => ({ end: "succeeded" }));
    };

    /** Runs the queue until something holds. */
    async function until(work: CarryOut, holds: (operations: Operation[]) => boolean): Promise<Operation[]> {
      const controller = new AbortController();
      const queue = runQueue(at, { signal: controller.signal, say: (line) => assert.fail(line) }, work);
      for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const now = await all();
        if (holds(now)) break;
        if (Date.now() > end) assert.fail(`in vain: ${JSON.stringify(now.map(({ id, state, error }) => [id, state, error]))}`);
      }
      controller.abort();
      await queue;
      return all();
    }
    const ended = (operations: Operation[]) => operations.every(({ state }) => !["editing", "queued", "running"].includes(state));

    it("carries out what waits, tells on whose behalf, and gives its claim back", async () => {
      const begun: string[] = [];
      await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
      const [done] = await until(carryOut(begun), ended);
      assert.deepEqual([begun, done?.state], [["apply cargo"], "succeeded"]);
      assert.deepEqual(await told(), ["list.changed accepted cargo", "operation.start accepted", "operation.end succeeded"]);
      const { entries } = await readTrail(kube.asKube);
      assert.deepEqual([...new Set(entries.map(({ actor, via }) => `${actor.person} by ${via}`))], ["somebody by api"]);
      assert.deepEqual([...kube.objects.keys()].filter((path) => path.includes("/leases/")), []);
    });

    it("goes on after a time without the cluster, and says once that it was away", async () => {
      const said: string[] = [];
      const controller = new AbortController();
      let looks = 0;
      kube.before = () => {
        looks += 1;
        throw new KubeError(503, "away");
      };
      const begun: string[] = [];
      const queue = runQueue(at, { signal: controller.signal, say: (line) => void said.push(line) }, carryOut(begun));
      const wait = async (holds: () => boolean) => {
        for (const end = Date.now() + 10_000; !holds() && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.ok(holds());
      };
      await wait(() => looks >= 3);
      kube.before = () => {};
      await requestApply(at, { names: ["acme"] });
      await wait(() => begun.length === 1);
      controller.abort();
      await queue;
      assert.deepEqual(said, ["what waits can not be looked at: away"]);
    });

    it("goes on with others beside one that takes long, and does what is about one store in its order", async () => {
      const begun: string[] = [];
      let release = () => {};
      const long = new Promise<void>((resolve) => (release = resolve));
      await requestChange(at, "acme", { title: "First" });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await requestChange(at, "acme", { title: "Second" });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await requestChange(at, "bikes", { title: "Wheels" });
      let held = false;
      const work = carryOut(begun, async (name) => {
        if (name === "acme" && !held) {
          held = true;
          await long;
        }
      });
      const done = until(work, ended);
      for (const end = Date.now() + 10_000; begun.length < 2 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
      // Which of the two is faster is nobody's business.
      assert.deepEqual([...begun].sort(), ["apply acme", "apply bikes"]);
      release();
      await done;
      assert.deepEqual(begun.slice(2), ["apply acme"]);
    });

    it("plans beside what is under way, and holds up nothing meanwhile", async () => {
      const begun: string[] = [];
      let release = () => {};
      const long = new Promise<void>((resolve) => (release = resolve));
      await requestApply(at, { names: ["acme"] });
      await requestPlan(at, {});
      await requestApply(at, { names: ["bikes"] });
      const done = until(carryOut(begun, (names) => (names === "bikes" ? Promise.resolve() : long)), ended);
      for (const end = Date.now() + 10_000; begun.length < 3 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.deepEqual([...begun].sort(), ["apply acme", "apply bikes", "plan "]);
      release();
      await done;
    });

    it("an operation that can not even begin ends with the reason", async () => {
      await requestApply(at, {});
      const [done] = await until(() => Promise.reject(new Error("the list is wrong by now")), ended);
      assert.deepEqual([done?.state, done?.error], ["failed", "the list is wrong by now"]);
    });

    /** As if the process that wrote it had been killed. */
    const killed = async (id: string) => void (await kube.merge(pathOf(id), { data: { process: JSON.stringify({ ...placed(process.pid), pid: 4_000_000, identity: "ended" }) } }));

    it("takes on what a killed process had edited the list for, and lets go of what it had not", async () => {
      const kept = await requestChange(at, "acme", { title: "Kept" });
      await kube.merge(pathOf(kept.id), { metadata: { labels: { "storefleet.dev/state": "editing" } } });
      const lost = await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
      await kube.merge(pathOf(lost.id), { metadata: { labels: { "storefleet.dev/state": "editing" } } });
      writeFileSync(file, written().replace(/.*cargo.*\n/, ""));
      await killed(kept.id);
      await killed(lost.id);
      const begun: string[] = [];
      const done = await until(carryOut(begun), ended);
      assert.deepEqual(begun, ["apply acme"]);
      assert.deepEqual(Object.fromEntries(done.map(({ names, state }) => [names![0], state])), { acme: "succeeded", cargo: "abandoned" });
    });

    it("takes up again what a killed process had begun, three times", async () => {
      const asked = await requestApply(at, { names: ["acme"] });
      const begun: string[] = [];
      for (let round = 0; round < 4; round++) {
        await kube.merge(pathOf(asked.id), { metadata: { labels: { "storefleet.dev/state": "running" } } });
        await killed(asked.id);
        if (round < 3) await until(carryOut(begun), ended);
      }
      assert.equal(begun.length, 3);
      const [done] = await until(carryOut(begun), ended);
      assert.deepEqual([begun.length, done?.state, done?.error], [3, "failed", "interrupted 4 times"]);
      assert.equal((await told()).filter((line) => line === "operation.end interrupted").length, 3);
    });

    it("is run by one of two processes, and by the other when the first has ended", async () => {
      const begun: string[][] = [[], []];
      const controllers = [new AbortController(), new AbortController()];
      const queues = controllers.map(({ signal }, number) => runQueue(at, { signal, say: (line) => assert.fail(line) }, carryOut(begun[number]!)));
      await requestChange(at, "acme", { title: "First" });
      const wait = async (count: number) => {
        for (const end = Date.now() + 10_000; begun.flat().length < count && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(begun.flat().length, count);
      };
      await wait(1);
      const [first] = begun.map((it) => it.length);
      controllers[first ? 0 : 1]!.abort();
      await queues[first ? 0 : 1];
      await requestChange(at, "acme", { title: "Second" });
      await wait(2);
      assert.deepEqual(begun.map((it) => it.length), [1, 1]);
      controllers.forEach((it) => it.abort());
      await Promise.all(queues);
    });
  });
});
