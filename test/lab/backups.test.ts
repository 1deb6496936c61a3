import assert from "node:assert/strict";
import { backupPlace } from "../../config/backup";
import type { Answer } from "../../scripts/operations/answers";
import { Lab, say, timed } from "./lab";

/** What LAB_ENGINES names, such as `medusa`; both where it names none. */
const engines = (process.env.LAB_ENGINES ?? "woocommerce,medusa").split(",");
const images = { restic: "restic:lab", rclone: "rclone:lab", "backup-door": "node:22" };

for (const engine of engines) {
  describe(`Backups of ${engine} on real pods`, function () {
    this.timeout(20 * 60_000);
    const lab = new Lab();
    const entry = JSON.stringify({ name: "acme", engine, title: "Acme Boots" });
    const snapshots = async () => (await lab.json<Answer<"backups">>("backups", "acme")).snapshots;
    const ordersNow = async () => {
      const command = engine === "woocommerce"
        ? ["exec", "acme", "mariadb", "--", "mariadb", "--user=wordpress", "--batch", "--skip-column-names", "--execute", "SELECT COUNT(*) FROM wp_wc_orders WHERE type = 'shop_order'", "wordpress"]
        : ["exec", "acme", "psql", "--", "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", 'select count(*) from "order"'];
      return Number((await lab.ok(...command)).stdout.trim());
    };

    before(async () => {
      lab.settings({ images, backup: { volume: "2Gi" } }, { backupKey: "a-key-for-the-lab-only" });
      lab.list();
      await lab.up();
      lab.list(entry);
      await lab.ok("apply");
    });
    after(async () => {
      // Backups on a volume are kept from being deleted with the rest.
      await lab.stores("destroy", "--all", "--no-backup", "--yes");
      await lab.pulumi("state", "unprotect", "--all", "--yes", "--stack", "local");
      await lab.remove();
    });

    let first = "";
    it("are made, and tell what is in them", async () => {
      await lab.verify("acme");
      const { value, seconds } = await timed(() => lab.json<Answer<"backup">>("backup", "acme"));
      assert.deepEqual(value.stores.map(({ name, result, error }) => [name, result, error]), [["acme", "saved", null]]);
      first = value.stores[0]!.snapshot as string;
      const [made, ...others] = await snapshots();
      assert.deepEqual([made?.id, made?.kind, made?.own, made?.orders, others], [first, "manual", true, await ordersNow(), []]);
      say(`backup ${seconds.toFixed(1)} s, ${value.stores[0]!.bytes} bytes`);
    });

    it("are put back: what came after is gone, and saved before", async () => {
      const then = await ordersNow();
      await lab.verify("acme");
      assert.equal(await ordersNow(), then + 1);
      const { value, seconds } = await timed(() => lab.json<Answer<"restore">>("restore", "acme", "--yes"));
      assert.equal(value.snapshot.id, first);
      assert.equal(await ordersNow(), then);
      assert.equal((await lab.statusOf("acme")).phase, "READY");
      const before = (await snapshots()).find(({ id }) => id === value.saved);
      assert.deepEqual([before?.kind, before?.orders], ["pre-restore", then + 1]);
      await lab.verify("acme");
      say(`restore ${seconds.toFixed(1)} s`);
    });

    it("come back whole after the store was destroyed by mistake", async () => {
      const orders = await ordersNow();
      const gone = await timed(() => lab.ok("destroy", "acme", "--yes"));
      const [last] = await snapshots();
      assert.deepEqual([last?.kind, last?.own, last?.orders], ["final", false, orders]);
      const refused = await lab.stores("restore", "acme", "--yes");
      assert.match(refused.stderr, /store "acme" does not run; \d+ backups of it are there/);
      await lab.ok("apply");
      const { value, seconds } = await timed(() => lab.json<Answer<"restore">>("restore", "acme", "--yes"));
      assert.equal(value.snapshot.id, last?.id);
      assert.equal(await ordersNow(), orders);
      // Its administrator gets in with the new store's password, without which this proves nothing.
      await lab.verify("acme");
      say(`destroy ${gone.seconds.toFixed(1)} s, restore of another life ${seconds.toFixed(1)} s`);
    });

    it("are cleared up by one Job, which reads and checks them, and leaves what counts", async () => {
      const before = (await snapshots()).map(({ id }) => id);
      await lab.kubectl("create", "job", "by-hand", "--from=cronjob/backup-maintenance", "--namespace", backupPlace.namespace);
      await lab.kubectl("wait", "job/by-hand", "--for=condition=complete", "--timeout=120s", "--namespace", backupPlace.namespace);
      assert.match(await lab.kubectl("logs", "job/by-hand", "--container", "maintenance", "--namespace", backupPlace.namespace), /no errors were found[^]*\ndone$/);
      assert.deepEqual((await snapshots()).map(({ id }) => id), before);
    });

    it("keep a store that can not be saved, and say why", async () => {
      const gateway = `/apis/apps/v1/namespaces/${backupPlace.namespace}/deployments/${backupPlace.release}`;
      await lab.kube.merge(gateway, { spec: { replicas: 0 } });
      try {
        const { code, stdout } = await lab.stores("destroy", "acme", "--yes", "--json");
        const [store] = (JSON.parse(stdout) as Answer<"destroy">).stores;
        assert.deepEqual([code, store?.result], [1, "failed"]);
        assert.match(store?.error ?? "", /acme stays, since it could not be saved before: backup FAILED: the repository can not be reached/);
        assert.equal((await lab.statusOf("acme")).phase, "READY");
      } finally {
        await lab.kube.merge(gateway, { spec: { replicas: 1 } });
      }
    });
  });
}
