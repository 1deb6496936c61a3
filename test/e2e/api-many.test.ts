import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "./helpers/api-server";
import { Fleet } from "./helpers/fleet";
import type { Answer } from "../../scripts/operations/answers";
import type { Operation } from "../../scripts/operations/history";

const text = "# Shops of this test.\nstores:\n  # The first one.\n  - { name: first, engine: woocommerce } # for now\n";
/** Through four processes. 200 lose nothing either, and take a minute or two. */
const creates = 24;

describe("many at once by the API", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  const list = join(fleet.project, "config/stores.local.yaml");
  let servers: ApiServer[] = [];

  before(async () => {
    writeFileSync(list, text);
    await fleet.up();
    // Nobody carries anything out: what is asked for is all that counts.
    servers = await Promise.all(Array.from({ length: 4 }, () => ApiServer.start(fleet, "--only", "api")));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await fleet.remove();
  });

  it("lose nothing: each store has its lines and its operation, and every other byte stays", async () => {
    const names = Array.from({ length: creates }, (_, at) => `shop-${String(at).padStart(3, "0")}`);
    const asked = await Promise.all(names.map((name, at) => servers[at % 4]!.ask<Operation>("POST", "/stores", { name, engine: at % 2 ? "medusa" : "woocommerce" })));
    assert.deepEqual([...new Set(asked.map(({ status }) => status))], [202]);
    const lines = readFileSync(list, "utf8");
    assert.ok(lines.startsWith(text));
    const added = lines.slice(text.length).trimEnd().split("\n");
    assert.deepEqual(added.sort(), names.map((name, at) => `  - { name: ${name}, engine: ${at % 2 ? "medusa" : "woocommerce"} }`).sort());
    assert.equal((await fleet.json<Answer<"validate">>("validate")).valid, true);
    const { body } = await servers[0]!.ask<{ operations: Operation[] }>("GET", "/operations?limit=1000");
    assert.deepEqual(body.operations.filter(({ state, via }) => state === "queued" && via === "api").map(({ names: its }) => its![0]).sort(), names);
    const { entries, broken } = await fleet.json<Answer<"audit">>("audit");
    assert.deepEqual([broken, entries.filter(({ action, via }) => action === "list.changed" && via === "api").map(({ store }) => store).sort()], [null, names]);
  });
});
