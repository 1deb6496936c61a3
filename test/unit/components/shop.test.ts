import assert from "node:assert/strict";
import { Medusa } from "../../../components/medusa";
import { Shop } from "../../../components/shared/shop";
import type { ShopArgs } from "../../../components/shared/shop-args";
import { WooCommerce } from "../../../components/woocommerce";
import { plans } from "../../../config/plans";
import { engineNames, type Engine } from "../../../config/spec";
import { only, record } from "../helpers/recording-mocks";

const place = { namespace: "store-acme-0a1b2c3d", host: "acme.example.com", title: "Acme", adminEmail: "owner@example.com" };

function create(engine: Engine, args: Partial<ShopArgs> = {}): Shop {
  if (engine === "woocommerce") return new WooCommerce("shop", { ...place, ...args, sizes: plans.woocommerce.small });
  return new Medusa("shop", { ...place, ...args, sizes: plans.medusa.small });
}

/** The release, and what the shop registered as its outputs. */
async function run(engine: Engine, args: Partial<ShopArgs> = {}) {
  const { resources, registered } = await record(() => create(engine, args).installed);
  return {
    component: only(resources, engine === "medusa" ? "index:Medusa" : "index:WooCommerce"),
    release: only(resources, ":Release"),
    outputs: registered.filter(({ urn }) => urn.endsWith("::shop")).map(({ outputs }) => outputs),
  };
}

for (const engine of engineNames) {
  describe(`a shop of ${engine}`, () => {
    const nothing = { secret: async () => undefined, refusal: new Error("not its passwords") };

    for (const [how, living] of [["by itself", undefined], ["beside what lives", nothing]] as const) {
      it(`registers all its outputs, once, ${how}`, async () => {
        const { outputs } = await run(engine, { living });
        assert.equal(outputs.length, 1);
        const [{ adminPassword, ...plain }] = outputs as [Record<string, any>];
        assert.deepEqual(Object.keys(plain).sort(), ["adminUrl", "adminUsername", "releaseStatus", "url"]);
        assert.deepEqual([plain.url, plain.releaseStatus], ["http://acme.example.com", "deployed"]);
        assert.match(adminPassword.value, /^shop-admin-password/);
      });
    }

    it("ends where its passwords are refused, with what it knows", async () => {
      const refusal = new Error("not its passwords");
      const secret = async () => ({ values: { password: "another" }, annotations: {} });
      const { registered } = await record(() => create(engine, { living: { secret, refusal } }).installed.catch((error) => assert.equal(error, refusal)));
      const outputs = registered.filter(({ urn }) => urn.endsWith("::shop")).map((it) => Object.keys(it.outputs).sort());
      assert.deepEqual(outputs, [["adminUrl", "adminUsername", "url"]]);
    });

    it("lets args be laid over its release's", async () => {
      const { release, component } = await run(engine, { transform: { release: { maxHistory: 20, description: "ours" } } });
      const { inputs } = (await run(engine)).release;
      assert.deepEqual(release.inputs, { ...inputs, maxHistory: 20, description: "ours" });
      assert.ok(!("transform" in component.inputs), "a function would be part of the state");
    });

    it("lets a function change single values and the options of its release", async () => {
      const seen: string[] = [];
      const { release } = await run(engine, {
        transform: {
          release: (args, opts, name) => {
            seen.push(name);
            args.values = { ...args.values, suspended: true };
            opts.protect = true;
          },
        },
      });
      const { inputs, dependencies } = (await run(engine)).release;
      assert.deepEqual(seen, ["shop-release"]);
      assert.deepEqual(release.inputs, { ...inputs, values: { ...inputs.values, suspended: true } });
      assert.equal(release.protect, true);
      assert.deepEqual(release.dependencies, dependencies);
    });
  });
}

describe("an engine", () => {
  it("that forgets to say what is installed, or the administrator's password, does not compile", () => {
    const installation = { engine: "x", values: { shop: {} }, adminPath: "/", adminUsername: "me" };
    class Forgetful extends Shop {
      constructor(name: string) {
        // @ts-expect-error: nothing is installed
        super("Forgetful", name, place, undefined);
      }
    }
    class Locked extends Shop {
      constructor(name: string) {
        // @ts-expect-error: nobody gets in
        super("Locked", name, place, undefined, (draw) => ({ ...installation, secrets: { admin: { name: "admin", drawn: () => ({ pass: draw("pass", 24) }) } } }));
      }
    }
    assert.ok([Forgetful, Locked].every((it) => it.prototype instanceof Shop));
  });
});
