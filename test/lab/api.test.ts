import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../e2e/helpers/api-server";
import type { Operation } from "../../scripts/operations/history";
import type { Answer } from "../../scripts/operations/answers";
import { Lab, say, timed } from "./lab";

/** The seeds' demo, by the API alone. */
describe("a shop of each engine by the API, on real pods", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();
  const written = () => readFileSync(join(lab.project, "config/stores.local.yaml"), "utf8");
  let api: ApiServer;

  before(async () => {
    lab.list();
    await lab.up();
    api = await ApiServer.start(lab);
  });
  after(async () => {
    await api.stop();
    await lab.remove();
  });

  const done = async (method: string, path: string, body?: object): Promise<Operation> => {
    const { status, body: asked } = await api.ask<Operation>(method, path, body);
    assert.equal(status, 202, JSON.stringify(asked));
    const operation = await api.ended(asked.id, 300);
    assert.equal(operation.state, "succeeded", JSON.stringify(operation));
    return operation;
  };

  it("is made, sells, shows its login, is in the audit trail, and is gone again", async () => {
    const before = written();
    const made = await timed(() => Promise.all([done("POST", "/stores", { name: "acme", engine: "woocommerce", title: "Acme" }), done("POST", "/stores", { name: "cargo", platform: "medusa" })]));
    const { body: { stores } } = await api.ask<{ stores: { id: string; status: string; url: string }[] }>("GET", "/stores");
    assert.deepEqual(stores.map(({ id, status }) => [id, status]).sort(), [["acme", "READY"], ["cargo", "READY"]]);
    const sold = await timed(() => Promise.all(["acme", "cargo"].map((name) => done("POST", `/stores/${name}/verify`))));
    for (const name of ["acme", "cargo"]) {
      await lab.serves(name, "/");
      const { body } = await api.ask<Answer<"credentials">>("GET", `/stores/${name}/admin-credentials`);
      assert.ok(body.password!.length >= 16);
    }
    const gone = await timed(() => Promise.all(["acme", "cargo"].map((name) => done("DELETE", `/stores/${name}`))));
    assert.equal(written(), before);
    for (const name of ["acme", "cargo"]) assert.equal(await lab.kube.get(`/api/v1/namespaces/${lab.namespace(name)}`), undefined);
    const { body: { entries, broken } } = await api.ask<{ entries: { action: string; outcome: string; via: string }[]; broken: null }>("GET", "/audit-events?store=acme&limit=100");
    assert.deepEqual([broken, entries.reverse().map(({ action, outcome, via }) => `${action} ${outcome} ${via}`)], [null, [
      "list.changed accepted api", "operation.start accepted api", "store.create succeeded api", "operation.start accepted api", "store.verify succeeded api",
      "credentials.read accepted api", "list.changed accepted api", "operation.start accepted api", "store.delete succeeded api",
    ]]);
    say(`both made ${made.seconds.toFixed(1)} s, an order in each ${sold.seconds.toFixed(1)} s, both removed ${gone.seconds.toFixed(1)} s`);
  });
});
