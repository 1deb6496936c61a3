import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeError } from "../../../../kube";
import type { Session } from "../../../../scripts/engine/session";
import type { At } from "../../../../scripts/operations/asked";
import { digestOfText } from "../../../../scripts/operations/list-text";
import { ListWatch } from "../../../../scripts/operations/list-watch";
import { readTrail } from "../../../../scripts/operations/records/audit";
import { requestChange, requestStore } from "../../../../scripts/operations/requests";
import { FakeKube } from "../../helpers/fake-kube";
import { keepEnvironment } from "../../helpers/keep-environment";

const text = "stores:\n  - { name: acme, engine: woocommerce }\n  - { name: bikes, engine: medusa }\n";

describe("edits of the list by hand", () => {
  let folder: string;
  let file: string;
  let kube: FakeKube;
  let at: At;
  let watch: ListWatch;
  const said: string[] = [];

  keepEnvironment();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-watch-"));
    file = join(folder, "stores.yaml");
    process.env.STOREFLEET_CACHE = folder;
    writeFileSync(file, text);
    kube = new FakeKube();
    at = { scope: { env: "local", file }, session: { env: "local", kube: kube.asKube, by: { via: "api", person: "somebody", host: "127.0.0.1" } } as unknown as Session };
    watch = new ListWatch(at, (line) => void said.push(line));
    said.length = 0;
    await looks();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Two: what is seen for the first time may be half written. */
  const looks = async () => {
    await watch.look();
    await watch.look();
  };
  const told = async () => (await readTrail(kube.asKube)).entries.map(({ action, via, actor, store, stores, reason }) => ({ action, via, person: actor.person, ...(store && { store }), ...(stores && { stores }), ...(reason && { reason }) }));
  const between = (before: string, after: string) => `SHA-256 of the list before: ${digestOfText(before)}, after: ${digestOfText(after)}`;

  it("are entered with the digests of both texts, and with which entries", async () => {
    const edited = "# Ours.\nstores:\n  - { name: acme, engine: woocommerce, title: New }\n  - { name: cargo, engine: medusa }\n";
    writeFileSync(file, edited);
    await watch.look();
    assert.deepEqual(await told(), [], "not in the middle of it");
    await looks();
    assert.deepEqual(await told(), [{ action: "list.changed", via: "external", person: "unknown", stores: { acme: "changed", bikes: "removed", cargo: "added" }, reason: between(text, edited) }]);
    await looks();
    assert.equal((await told()).length, 1, "once");
    writeFileSync(file, `# A comment.\n${edited}`);
    await looks();
    assert.deepEqual((await told())[1], { action: "list.changed", via: "external", person: "unknown", reason: between(edited, `# A comment.\n${edited}`) });
  });

  it("are seen by the next process as well, where none ran meanwhile", async () => {
    writeFileSync(file, "stores: []\n");
    watch = new ListWatch(at, () => assert.fail());
    await looks();
    assert.deepEqual((await told()).map(({ stores }) => stores), [{ acme: "removed", bikes: "removed" }]);
  });

  it("are told apart from those by the API, which tells of those before it makes its own", async () => {
    await requestChange(at, "acme", { title: "By the API" });
    await looks();
    const byApi = readFileSync(file, "utf8");
    assert.deepEqual((await told()).map(({ via, store }) => [via, store]), [["api", "acme"]]);
    writeFileSync(file, text);
    await requestStore(at, { name: "cargo", engine: "medusa" } as { name: string });
    await looks();
    assert.deepEqual((await told()).slice(1).map(({ via, store, stores, reason }) => [via, store ?? stores, reason]), [["external", { acme: "changed" }, between(byApi, text)], ["api", "cargo", undefined]]);
  });

  it("that a person makes just when the API would write are told, and the API's that did not come about are not", async () => {
    const saved = `${text}# A note.\n`;
    kube.before = (path) => {
      if (path.includes("storefleet-audit")) writeFileSync(file, saved);
    };
    await assert.rejects(requestChange(at, "acme", { title: "Lost" }), { code: "list-changed" });
    kube.before = () => {};
    await looks();
    assert.deepEqual((await told()).map(({ via, reason }) => [via, reason]), [["api", undefined], ["external", between(text, saved)]]);
  });

  it("that leave it broken are told as such, and against what it said before when it is mended", async () => {
    writeFileSync(file, "stores: [");
    await looks();
    writeFileSync(file, text.replace("medusa", "woocommerce"));
    await looks();
    assert.deepEqual((await told()).map(({ stores, reason }) => [stores, reason?.endsWith(", where it is no YAML")]), [[undefined, true], [{ bikes: "changed" }, false]]);
    rmSync(file);
    await looks();
    writeFileSync(file, text);
    await looks();
    assert.equal((await told()).length, 3);
    assert.deepEqual(said, []);
  });

  it("are told when that is possible again, and why not is said once", async () => {
    kube.before = (path) => {
      if (path.includes("configmaps")) throw new KubeError(503, "away");
    };
    writeFileSync(file, "stores: []\n");
    for (let round = 0; round < 3; round++) await looks();
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^an edit of the list by hand can not be told: .*away/);
    kube.before = () => {};
    await looks();
    assert.equal((await told()).length, 1);
  });
});
