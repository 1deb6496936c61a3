import assert from "node:assert/strict";
import { Lab, say } from "./lab";
import { MedusaAdmin } from "./medusa-admin";
import { MedusaShopper } from "./medusa-shopper";
import { until } from "../e2e/helpers/until";

const shop = (name: string) => `{ name: ${name}, engine: medusa }`;

/** What goes wrong in a shop's life, on real pods: either it gets over it by itself, or `status` says why not. */
describe("Medusa faults in the lab", function () {
  this.timeout(10 * 60_000);
  const lab = new Lab();
  const deletePods = (app: string) => lab.inStore("busy", "delete", "pod", "--selector", `app=${app}`, "--grace-period=0", "--force");
  const isReady = async () => (await lab.statusOf("busy")).phase === "READY";

  before(async () => {
    lab.list(shop("busy"));
    await lab.up();
    await lab.ok("apply");
    await lab.serves("busy", "/health");
  });
  after(() => lab.remove());

  for (const app of ["medusa-server", "medusa-worker", "medusa-storefront", "postgres", "redis"]) {
    it(`gets over ${app} being killed, and the cart is still there`, async () => {
      const shopper = new MedusaShopper(lab, "busy");
      await shopper.fill();
      const [before] = (await lab.podsOf("busy")).filter((pod) => pod.app === app);
      await deletePods(app);
      await until("there is another pod, and it is ready", async () => {
        const [pod] = (await lab.podsOf("busy")).filter((it) => it.app === app && it.uid !== before?.uid);
        return pod !== undefined && pod.ready;
      }, 120);
      const { id } = await orderAtLast(shopper);
      assert.ok((await (await MedusaAdmin.login(lab, "busy")).orders()).includes(id));
      await until("the shop is READY", isReady, 60, 1000);
    });
  }

  /** Orders what is in the cart, again and again until it goes through. */
  async function orderAtLast(shopper: MedusaShopper) {
    let placed: Awaited<ReturnType<MedusaShopper["order"]>> | undefined;
    let problem: Error | undefined;
    await until("an order goes through", async () => {
      placed = await shopper.order().catch((error: Error) => void (problem = error));
      return placed !== undefined;
    }, 60, 500).catch((error: Error) => assert.fail(`${error.message}: ${problem?.message}`));
    return placed!;
  }

  for (const part of ["postgres", "redis"]) {
    it(`gets over a restart of ${part} under load, with every order that it confirmed`, async () => {
      const visits: { from: number; to: number; order?: string; error?: string }[] = [];
      let shopping = true;
      const shoppers = Array.from({ length: 6 }, async () => {
        while (shopping) {
          const from = Date.now();
          const result = await new MedusaShopper(lab, "busy").buy().then(({ id }) => ({ order: id }), (error: Error) => ({ error: error.message }));
          visits.push({ from, to: Date.now(), ...result });
        }
      });
      const orders = (since: number) => visits.filter(({ from, order }) => order && from > since).length;
      await until("everybody buys", async () => orders(0) >= 12, 120);
      const away = Date.now();
      await lab.inStore("busy", "rollout", "restart", `statefulset/medusa-${part}`);
      await lab.inStore("busy", "rollout", "status", `statefulset/medusa-${part}`, "--timeout=120s");
      const back = Date.now();
      await until("everybody buys again", async () => orders(back) >= 12, 120);
      shopping = false;
      await Promise.all(shoppers);

      const errors = visits.filter(({ error }) => error !== undefined);
      const last = Math.max(...errors.map(({ from }) => from), away);
      say(`${part} was away for ${(back - away) / 1000} s: ${visits.length - errors.length} orders, ${errors.length} visits with an error, the last one began ${(last - back) / 1000} s after it was back`);
      // Connections are opened anew, and the server has to be found ready once more.
      const elsewhere = errors.filter(({ from, to }) => to < away || from > back + 15_000);
      assert.deepEqual(elsewhere, []);
      const known = await (await MedusaAdmin.login(lab, "busy")).orders();
      assert.deepEqual(visits.filter(({ order }) => order && !known.includes(order)), []);
      for (const { name, restarts } of await lab.podsOf("busy")) assert.equal(restarts, 0, `${name} restarted`);
    });
  }

  it("takes orders without a worker, and mails them once there is one again", async () => {
    await lab.inStore("busy", "scale", "deploy/medusa-worker", "--replicas=0");
    await until("the worker is gone", async () => (await lab.podsOf("busy")).every(({ app }) => app !== "medusa-worker"), 60);
    const { number } = await new MedusaShopper(lab, "busy", "patient@example.com").buy();
    const subjects = async () => {
      const { body } = await lab.send("mail.127.0.0.1.nip.io", "GET", "/api/v1/search?query=patient@example.com");
      return (JSON.parse(body) as { messages: { Subject: string }[] }).messages.map(({ Subject }) => Subject);
    };
    assert.deepEqual(await subjects(), []);
    await lab.inStore("busy", "scale", "deploy/medusa-worker", "--replicas=1");
    await until("the order's mail is there", async () => (await subjects()).some((subject) => subject.includes(`order ${number} at Busy`)), 120, 1000);
  });

  it("names a wrong publishable key, and heals by itself once it is right", async () => {
    const [secret, key] = ["medusa-storefront", "publishable-key"];
    const write = (value: string) => lab.inStore("busy", "patch", "secret", secret, "--patch", JSON.stringify({ data: { [key]: value } }));
    const right = await lab.inStore("busy", "get", "secret", secret, "--output", `jsonpath={.data.${key}}`);
    await write(Buffer.from(`pk_${"0".repeat(64)}`).toString("base64"));
    await deletePods("medusa-storefront");
    await until("the key is named", async () => {
      const { phase, reason } = await lab.statusOf("busy");
      return phase === "FAILED" && /publishable key/.test(reason ?? "");
    }, 120, 1000);
    say(`${(await lab.statusOf("busy")).reason}`);
    await write(right);
    await until("the shop is READY", isReady, 240, 1000);
    await new MedusaShopper(lab, "busy").buy();
  });

  it("is as it was after all that", async () => {
    await lab.verify("busy");
    const { rows } = await lab.apply("--no-skip");
    assert.deepEqual(rows.busy?.changes, { create: 0, update: 0, replace: 0, delete: 0 });
  });
});
