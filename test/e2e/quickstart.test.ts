import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { examples, prints } from "../../scripts/dev/command-examples";
import { Fleet } from "./helpers/fleet";

describe("npm run quickstart", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const quickstart = () => fleet.start(["scripts/bootstrap.mjs", "quickstart"], {}, process.execPath, fleet.project).done;

  after(() => fleet.remove());

  it("goes from nothing to the listed stores, and says where they are and what to do next", async () => {
    rmSync(join(fleet.project, "dist"), { recursive: true });
    const { code, stdout, stderr } = await quickstart();
    assert.equal(code, 0, stderr);
    for (const [store, engine] of [["acme", "woocommerce"], ["bloom", "woocommerce"], ["cargo", "medusa"]]) {
      assert.match(stdout, new RegExp(`^${store} +created `, "m"));
      assert.match(stdout, new RegExp(`^${store} +${engine} +READY .* http://store-${store}-[0-9a-f]{8}\\.127\\.0\\.0\\.1\\.nip\\.io$`, "m"));
    }
    assert.match(stdout, /\.\/scripts\/stores credentials acme/);
    assert.match(stderr, /Pods are simulated/);
  });

  it("finds nothing to do the second time, and says so", async () => {
    const { code, stdout, stderr } = await quickstart();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Everything is up to date: nothing was changed\./);
    assert.doesNotMatch(stdout + stderr, /created|updated|creating|updating/);
    assert.match(stdout, /^cargo +medusa +READY /m);
  });

  it("is where each command prints what docs/commands.md shows", async () => {
    for (const example of Object.values(examples).filter(({ where }) => where === "cluster")) {
      if (example.edited) fleet.patch("config/stores.local.yaml", ...example.edited);
      const { stdout, stderr } = await fleet.stores(...example.line.split(" "));
      const shown = (stdout || stderr).replaceAll(fleet.cache, "/home/you/.local/state/storefleet");
      assert.ok(prints(example, shown), `${example.line}: ${shown}\nis not\n${example.prints}`);
    }
  });
});
