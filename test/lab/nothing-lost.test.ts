import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Lab, say } from "./lab";
import { MedusaShopper } from "./medusa-shopper";
import { Shopper } from "./shopper";

const databases = { woocommerce: "woocommerce-mariadb-0", medusa: "medusa-postgres-0" };
const webs = { woocommerce: "app=wordpress", medusa: "app in (medusa-server, medusa-storefront, medusa-worker)" };

/** What a fleet's owner does by mistake or in haste, on real pods: the shop sells on, with the orders that it had. */
for (const engine of ["woocommerce", "medusa"] as const) {
  describe(`Nothing is lost in the lab: ${engine}`, function () {
    this.timeout(10 * 60_000);
    const lab = new Lab();
    let title = 0;
    /** The list with the shop, with a title of its own each time. */
    const listed = (more: object = {}) => lab.list(JSON.stringify({ name: "shop", engine, title: `Shop ${++title}`, ...more }));
    const buy = async () => {
      if (engine === "medusa") return (await new MedusaShopper(lab, "shop").buy()).number;
      const shopper = new Shopper(lab, "shop");
      await shopper.fill((await shopper.products())[0]!.id);
      return shopper.order();
    };
    const orders = async () => {
      if (engine === "medusa") return Number(await lab.sql("shop", 'SELECT count(*) FROM "order"'));
      return Number(await lab.wp("shop", "eval", `global $wpdb; echo $wpdb->get_var( "SELECT COUNT(*) FROM wp_wc_orders" );`));
    };
    const passwords = async () => (await lab.objects("shop", "secrets")).map(({ metadata, data }) => [metadata.name, data]);
    const released = async () => {
      for (const resource of (await lab.inStore("shop", "get", "deployments,statefulsets", "--output=name")).split("\n")) await lab.inStore("shop", "rollout", "status", resource, "--timeout=180s");
    };

    /** Asks for the front page five times a second meanwhile; the longest time without an answer, in seconds. */
    async function away(meanwhile: () => Promise<unknown>): Promise<number> {
      let [longest, answered, over] = [0, performance.now(), false];
      const work = meanwhile().finally(() => (over = true));
      while (!over) {
        const { status } = await lab.get("shop", "/").catch(() => ({ status: 0 }));
        if (status === 200) answered = performance.now();
        longest = Math.max(longest, performance.now() - answered);
        await pause(200);
      }
      await work;
      return longest / 1000;
    }

    before(async () => {
      listed();
      await lab.up();
      await lab.ok("apply");
      await lab.serves("shop", "/");
      assert.ok((await buy()) > 0);
    });
    after(() => lab.remove());

    it("keeps its passwords when its state is lost, and sells after every pod was restarted", async () => {
      const before = await passwords();
      renameSync(join(lab.state, ".pulumi/stacks/storefleet/local.shop.json"), join(lab.folder, "lost.json"));
      listed();
      for (const command of ["plan", "apply"]) {
        const refused = await lab.stores(command);
        assert.equal(refused.code, 1, refused.stdout);
        assert.match(refused.stdout + refused.stderr, /runs with passwords that this state does not hold.*--adopt/s);
      }
      assert.deepEqual(await passwords(), before);
      await lab.ok("apply", "shop", "--adopt");
      assert.deepEqual(await passwords(), before);

      await lab.inStore("shop", "delete", "pod", databases[engine]);
      await lab.inStore("shop", "delete", "pod", "--selector", webs[engine]);
      await released();
      await lab.serves("shop", "/", 60);
      await lab.verify("shop");
      assert.ok((await orders()) >= 1);
    });

    it("gets bigger and smaller again, and is away for seconds at most", async () => {
      for (const plan of ["medium", "small"]) {
        listed({ plan });
        const seconds = await away(() => lab.ok("apply"));
        say(`${plan}: away for ${seconds.toFixed(1)} s at most`);
        assert.ok(seconds < 60, `away for ${seconds} s`);
        assert.equal((await lab.statusOf("shop")).phase, "READY");
      }
      await lab.verify("shop");
    });

    it("takes smaller sizes of its plan from the settings, and sells on", async () => {
      const smaller = engine === "medusa" ? { postgres: { memoryLimit: "384Mi" }, server: { memoryLimit: "768Mi" } } : { mariadb: { memoryLimit: "384Mi" }, wordpress: { memoryLimit: "384Mi" } };
      lab.settings({ plans: { small: { [engine]: smaller } } });
      await lab.ok("cluster", "up");
      const seconds = await away(() => lab.ok("apply"));
      say(`smaller sizes: away for ${seconds.toFixed(1)} s at most`);
      assert.ok(seconds < 60, `away for ${seconds} s`);
      await lab.verify("shop");
      lab.settings({});
      await lab.ok("cluster", "up");
      await lab.ok("apply");
    });

    it("goes back to its first release and forward again", async () => {
      await lab.helm("rollback", engine, "1", "--namespace", lab.namespace("shop"), "--wait", "--timeout", "5m");
      await lab.serves("shop", "/", 60);
      assert.ok((await buy()) > 0);
      listed();
      await lab.ok("apply");
      await lab.verify("shop");
      assert.equal(await lab.helmStatus("shop"), "deployed");
    });

    if (engine === "woocommerce") {
      it("is not set up anew over damaged tables: it says which one, and no order goes", async () => {
        const before = await orders();
        const query = (sql: string) => lab.inStore("shop", "exec", databases.woocommerce, "--", "sh", "-c", 'mariadb -uroot -p"$(cat /run/secrets/database/root-password)" wordpress -e "$0"', sql);
        await query("RENAME TABLE wp_options TO kept_options");
        listed();
        const refused = await lab.apply();
        assert.equal(refused.ended.code, 1);
        assert.match(refused.rows.shop!.error!, /table wp_options is missing or empty.*nothing is removed/);
        assert.match((await lab.statusOf("shop")).reason ?? "", /wp_options/);
        await query("RENAME TABLE kept_options TO wp_options");
        await lab.ok("apply");
        await lab.verify("shop");
        assert.ok((await orders()) >= before);
      });
    }
  });
}
