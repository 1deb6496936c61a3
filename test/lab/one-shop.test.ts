import assert from "node:assert/strict";
import type { KubeObject } from "../../kube";
import { until } from "../e2e/helpers/until";
import { Lab, say, timed } from "./lab";

/** What CI sees on real pods: one shop from nothing to an order, and away again. */
describe("one Medusa shop in the lab", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();

  before(async () => {
    lab.list();
    await lab.up();
  });
  after(() => lab.remove());

  it("is made, sells, and is gone again", async () => {
    lab.list(JSON.stringify({ name: "acme", engine: "medusa", title: "Acme Boots" }));
    const made = await timed(() => lab.ok("apply"));
    const sold = await timed(() => lab.verify("acme"));
    assert.equal((await lab.statusOf("acme")).phase, "READY");
    const gone = await timed(() => lab.ok("destroy", "acme", "--yes"));
    const left = async (kind: string, name: (object: KubeObject) => string | undefined) => (await lab.kube.list(`/api/v1/${kind}`)).some((it) => name(it) === lab.namespace("acme"));
    assert.equal(await left("namespaces", ({ metadata }) => metadata.name), false);
    await until("its volumes are gone", async () => !(await left("persistentvolumes", ({ spec }) => spec?.claimRef?.namespace)));
    say(`apply ${made.seconds.toFixed(1)} s, verify ${sold.seconds.toFixed(1)} s, destroy ${gone.seconds.toFixed(1)} s`);
  });
});
