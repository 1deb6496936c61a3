import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as soon } from "node:timers/promises";
import { parse } from "yaml";
import { UserError } from "../../../../config/errors";
import type { Session } from "../../../../scripts/engine/session";
import type { At } from "../../../../scripts/operations/asked";
import { readTrail } from "../../../../scripts/operations/records/audit";
import { requestChange } from "../../../../scripts/operations/requests";
import { FakeKube } from "../../helpers/fake-kube";
import { keepEnvironment } from "../../helpers/keep-environment";

/** So many times; with 500 it takes half a minute, and loses none either. */
const saving = 120;

/** Lets others go on before each answer, as a cluster does. */
class SlowKube extends FakeKube {
  override get = async (...asked: Parameters<FakeKube["get"]>) => (await soon(), super.get(...asked));
  override list = async (...asked: Parameters<FakeKube["list"]>) => (await soon(), super.list(...asked));
  override merge = async (...asked: Parameters<FakeKube["merge"]>) => (await soon(), super.merge(...asked));
  override create = async (...asked: Parameters<FakeKube["create"]>) => (await soon(), super.create(...asked));
}

describe("a person who saves the list while the API writes it", function () {
  this.timeout(60_000);
  let folder: string;
  keepEnvironment();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-saves-"));
    process.env.STOREFLEET_CACHE = folder;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("again and again, in place and by another file, loses nothing, and neither does the API", async () => {
    const file = join(folder, "stores.yaml");
    writeFileSync(file, "stores:\n  - { name: acme, engine: woocommerce }\n  - { name: bikes, engine: medusa }\n");
    const kube = new SlowKube();
    const at: At = { scope: { env: "local", file }, session: { env: "local", kube: kube.asKube, by: { via: "api", person: "somebody", host: "127.0.0.1" } } as unknown as Session };
    let saves = 0;
    /** As an editor does that asks before it goes over what changed meanwhile. */
    const save = () => {
      const text = `${readFileSync(file, "utf8")}# Save ${(saves += 1)}.\n`;
      if (saves % 2) return writeFileSync(file, text);
      writeFileSync(`${file}~`, text);
      renameSync(`${file}~`, file);
    };
    const [written, refused]: [number[], number[]] = [[], []];
    let done = false;
    const api = (async () => {
      for (let round = 1; !done; round++) {
        await requestChange(at, "acme", { title: `Title ${round}` }).then(() => written.push(round), (error: UserError) => {
          assert.equal(error.code, "list-changed", error.message);
          refused.push(round);
          assert.ok(!readFileSync(file, "utf8").includes(`title: Title ${round}\n`));
        });
      }
    })();
    for (let round = 0; round < saving; round++) {
      save();
      // At each point at which the API lets others go on, sooner or later.
      for (let turns = (round * 7) % 30; turns > 0; turns--) await soon();
    }
    done = true;
    await api;
    const text = readFileSync(file, "utf8");
    const lost = Array.from({ length: saving }, (_, index) => index + 1).filter((number) => !text.includes(`# Save ${number}.\n`));
    assert.deepEqual(lost, []);
    const { stores } = parse(text) as { stores: { name: string; title?: string }[] };
    assert.deepEqual([stores[0]!.title, stores[1]], [written.length > 0 ? `Title ${written.at(-1)}` : undefined, { name: "bikes", engine: "medusa" }]);
    assert.ok(written.length > 5 && refused.length > 5, `${written.length} written, ${refused.length} refused`);
    const { entries } = await readTrail(kube.asKube);
    assert.ok(entries.some(({ via }) => via === "external"));
  });
});
