import assert from "node:assert/strict";
import { adoptedAnnotation, keep, type LivingSecret } from "../../../components/shared/generated";
import { Medusa } from "../../../components/medusa";
import { WooCommerce } from "../../../components/woocommerce";
import { plans } from "../../../config/plans";
import { engineNames, type Engine } from "../../../config/spec";
import { record, type Recorded, type RecordingOptions } from "../helpers/recording-mocks";

const place = { namespace: "store-acme-0a1b2c3d", host: "acme.example.com", title: "Acme", adminEmail: "owner@example.com" };
const refusal = new Error("these are not its passwords");
const given = ["username", "email"];

type Secrets = Record<string, LivingSecret>;

/** The Secrets that a shop's program writes beside those that live there, and the password that it tells. */
async function run(engine: Engine, living: Secrets, adopt = false, options: RecordingOptions = {}) {
  let adminPassword: unknown;
  const resources: Recorded[] = [];
  let refused = false;
  await record(async () => {
    const common = { ...place, living: { secret: async (name: string) => living[name], adopt, refusal } };
    const shop = engine === "woocommerce" ? new WooCommerce("shop", { ...common, sizes: plans.woocommerce.small }) : new Medusa("shop", { ...common, sizes: plans.medusa.small });
    await shop.installed.catch((error) => {
      assert.equal(error, refusal);
      refused = true;
    });
    shop.adminPassword?.apply((value) => (adminPassword = value));
  }, { ...options, creating: (resource) => void resources.push(resource) });
  const written: Secrets = {};
  for (const { inputs } of resources.filter(({ type }) => type.endsWith(":Secret"))) {
    const values = Object.entries(plain(inputs.stringData)).filter(([key]) => !given.includes(key));
    written[inputs.metadata.name] = { values: Object.fromEntries(values) as Record<string, string>, annotations: inputs.metadata.annotations ?? {} };
  }
  return { written, adminPassword, resources, refused };
}

const plain = (value: Record<string, any>): Record<string, unknown> => Object.fromEntries(Object.entries(value.value ?? value).map(([key, it]: [string, any]) => [key, it?.value ?? it]));

describe("values that a state draws for a Secret", () => {
  const drawn = { password: "drawn", "root-password": "drawn too" };
  const living = (values: Record<string, string>, annotations = {}) => ({ values, annotations });

  it("are written where none lives, where the same live, and where keys are missing", () => {
    for (const there of [undefined, living({}), living({ other: "x" }), living(drawn), living({ password: "drawn", username: "admin" })]) {
      assert.deepEqual(keep(drawn, there, {}), { values: drawn });
      assert.deepEqual(keep(drawn, there, { adopt: true }), { values: drawn });
    }
  });

  it("are never written over others, of which a single one is enough", () => {
    for (const key of Object.keys(drawn)) assert.equal(keep(drawn, living({ ...drawn, [key]: "other" }), {}), undefined);
    assert.equal(keep(drawn, living({ password: "" }), {}), undefined);
  });

  it("give way to those that live on adoption, and from then on without being told", () => {
    const there = { password: "other", username: "admin" };
    const adopted = keep(drawn, living(there), { adopt: true })!;
    assert.deepEqual(adopted.values, { ...drawn, password: "other" });
    const written = living({ ...there, ...adopted.values }, adopted.annotations);
    assert.deepEqual(keep(drawn, written, {}), adopted);
    // A Secret that was changed by hand since, and another state, are told.
    assert.equal(keep(drawn, { ...written, values: { ...written.values, password: "by hand" } }, {}), undefined);
    assert.equal(keep(drawn, { ...written, values: { ...written.values, "root-password": "by hand" } }, {}), undefined);
    assert.equal(keep({ ...drawn, password: "drawn elsewhere" }, written, {}), undefined);
    // A value that a later version draws besides is no difference.
    assert.deepEqual(keep({ ...drawn, more: "new" }, written, {})!.values, { ...adopted.values, more: "new" });
  });
});

for (const engine of engineNames) {
  describe(`the passwords of ${engine}`, () => {
    const others = (secrets: Secrets): Secrets =>
      Object.fromEntries(Object.entries(secrets).map(([name, { values }]) => [name, { values: Object.fromEntries(Object.keys(values).map((key) => [key, `other ${key}`])), annotations: {} }]));

    it("are drawn where nothing lives, and written again where they live already, with no word more", async () => {
      const { written } = await run(engine, {});
      assert.ok(Object.keys(written).length >= 3);
      for (const { values, annotations } of Object.values(written)) assert.deepEqual([Object.values(values).every((value) => value.length >= 24), annotations], [true, {}]);
      const again = await run(engine, written);
      assert.deepEqual([again.written, again.adminPassword], [written, written[`${engine}-admin`]!.values.password]);
    });

    it("are never written over others: one is enough, and there is no Secret and no release", async () => {
      const { written: own } = await run(engine, {});
      for (const [name, { values }] of Object.entries(own)) {
        for (const key of Object.keys(values)) {
          const { refused, resources } = await run(engine, { ...own, [name]: { values: { ...values, [key]: "other" }, annotations: {} } });
          assert.deepEqual([refused, resources.filter(({ type }) => /:(Secret|Release)$/.test(type))], [true, []], `${name}/${key}`);
        }
      }
    });

    it("are refused by a preview already that would have them drawn", async () => {
      const options = { preview: true, undrawn: true };
      const { written: own } = await run(engine, {});
      assert.equal((await run(engine, own, false, options)).refused, true);
      assert.equal((await run(engine, {}, false, options)).refused, false);
      assert.equal((await run(engine, own, true, options)).refused, false);
    });

    it("are those that live once adopted, every one of them, in each later run; what is missing is drawn", async () => {
      const fresh = (await run(engine, {})).written;
      const there = others(fresh);
      const { written, adminPassword } = await run(engine, there, true);
      for (const [name, { values, annotations }] of Object.entries(written)) assert.deepEqual([values, Object.keys(annotations)], [there[name]!.values, [adoptedAnnotation]]);
      assert.equal(adminPassword, "other password");
      assert.deepEqual((await run(engine, written)).written, written);
      const { [`${engine}-database`]: gone, ...rest } = written;
      assert.deepEqual((await run(engine, rest)).written, { ...written, [`${engine}-database`]: fresh[`${engine}-database`] });
    });

    it("stay out of the component's own record", async () => {
      const { resources } = await run(engine, {});
      assert.ok(!("living" in resources.find(({ type }) => type.startsWith("storefleet:"))!.inputs));
    });
  });
}
