import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { ListErrors, UserError } from "../../../../../config/errors";
import { parseStores } from "../../../../../config/load";
import { maxNameLength, isReservedName } from "../../../../../config/names";
import { projectRoot } from "../../../../../config/root";
import { filesOf, manifestsOf, sharedState } from "../../../../../scripts/operations/export";
import { environmentStack, type Manifest, type StackArgs } from "../../../../../scripts/operations/export/stacks";

const args: StackArgs = {
  env: "prod",
  settings: { context: "prod-cluster" },
  state: { backend: "s3://state/prod", secretsProvider: "awskms://alias/a" },
  operator: { image: `registry.example.com/runner@sha256:${"0".repeat(64)}`, variables: ["B", "A"] },
  allowDestroy: false,
};

interface Spec {
  [field: string]: unknown;
  stack: string;
  config?: Record<string, string>;
  prerequisites?: { name: string }[];
  destroyOnFinalize: boolean;
  envRefs: Record<string, { type: string; literal?: { value: string } }>;
}

const list = (stores: string, folder = join(projectRoot, "config")) => parseStores(join(folder, "stores.prod.yaml"), `defaults: { engine: woocommerce }\nstores: ${stores}\n`);
const made = (stores: string, more: Partial<StackArgs> = {}) => manifestsOf({ ...args, ...more }, list(stores));
const specOf = (manifest: Manifest | undefined) => manifest!.spec as Spec;
const namesOf = (manifests: Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const refusal = (run: () => unknown): UserError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  assert.fail("nothing was refused");
};

describe("Stacks of the operator", () => {
  it("are one for the environment and one for each store, by name, below a quota of pods", () => {
    const all = made("[{ name: zoo }, { name: acme }]");
    assert.deepEqual(namesOf(all), ["ResourceQuota storefleet-workspaces", "Stack storefleet-environment", "Stack acme", "Stack zoo"]);
    assert.deepEqual(all[0]!.spec, { hard: { pods: "20" } });
    assert.deepEqual([...new Set(all.map(({ metadata }) => metadata.namespace))], ["storefleet-access"]);
    assert.ok(isReservedName(environmentStack));
  });

  it("are of the very stacks of the script, with a store's own spec, after the environment's", () => {
    const [, environment, acme] = made("[{ name: acme, title: Acme }]");
    assert.deepEqual([specOf(environment).stack, specOf(acme).stack], ["organization/storefleet/prod", "organization/storefleet/prod.acme"]);
    assert.deepEqual(specOf(acme).prerequisites, [{ name: "storefleet-environment" }]);
    const text = specOf(acme).config!["storefleet:spec"]!;
    assert.deepEqual(parseStores("spec", text).stores[0]!.spec, list("[{ name: acme, title: Acme }]").stores[0]!.spec);
    // Its settings are in the image, and whoever lost its state has `cluster up` make it.
    assert.deepEqual([specOf(environment).config, specOf(environment).prerequisites, specOf(environment).useLocalStackOnly], [undefined, undefined, true]);
  });

  it("have the login to the state by the names of variables, no value of one, and the context of the settings", () => {
    const { envRefs, backend, secretsProvider } = specOf(made("[{ name: acme }]")[2]);
    assert.deepEqual([backend, secretsProvider], ["s3://state/prod", "awskms://alias/a"]);
    assert.deepEqual(envRefs, {
      A: { type: "Secret", secret: { name: "storefleet-state", key: "A" } },
      B: { type: "Secret", secret: { name: "storefleet-state", key: "B" } },
      STOREFLEET_CONTEXT: { type: "Literal", literal: { value: "prod-cluster" } },
    });
    assert.equal(specOf(made("[]", { settings: {} })[1]).envRefs.STOREFLEET_CONTEXT!.literal!.value, "in-cluster");
  });

  it("destroy no shop when they go, unless told, and then neither a protected one nor the environment", () => {
    const destroys = (more?: Partial<StackArgs>) => made("[{ name: acme }, { name: gold, protected: true }]", more).slice(1).map((it) => specOf(it).destroyOnFinalize);
    assert.deepEqual(destroys(), [false, false, false]);
    assert.deepEqual(destroys({ allowDestroy: true }), [false, true, false]);
  });

  it("come in ten waves, in which a store stays whoever comes or goes", () => {
    const waves = (manifests: Manifest[]) => new Map(manifests.map(({ metadata }) => [metadata.name, metadata.labels["storefleet.dev/wave"]]));
    const names = Array.from({ length: 200 }, (_, index) => `shop-${index}`);
    const all = waves(made(JSON.stringify(names.map((name) => ({ name })))));
    assert.equal(new Set([...all.values()].filter(Boolean)).size, 10);
    assert.equal(all.get(environmentStack), undefined);
    for (const [name, wave] of waves(made(JSON.stringify(names.slice(50, 60).map((name) => ({ name })))))) assert.equal(wave, all.get(name), name);
  });

  it("of 1,000 stores are made in 2 s, and are the same whatever the list's order", function () {
    this.timeout(60_000);
    const entries = Array.from({ length: 1000 }, (_, index) => ({ name: `s${index}`.padEnd(maxNameLength, "x"), title: `Shop ${index}`, engine: index % 2 ? "medusa" : "woocommerce" }));
    const runs = [entries, [...entries].reverse()].map((stores) => {
      const listed = list(JSON.stringify(stores));
      const begun = process.cpuUsage();
      const files = filesOf("prod", manifestsOf(args, listed));
      const { user, system } = process.cpuUsage(begun);
      return { files: [...files], seconds: (user + system) / 1e6 };
    });
    const [first, second] = runs;
    assert.equal(first!.files.length, 1002);
    assert.deepEqual(first!.files, second!.files);
    // Of the processor: the machine may have more to do.
    assert.ok(Math.min(first!.seconds, second!.seconds) < 2, runs.map(({ seconds }) => `${seconds} s`).join(", "));
  });

  it("are files that read back as what they are, whole names and all", () => {
    const manifests = made(`[{ name: ${"a".repeat(maxNameLength)}, title: "007: \\"x\\"\\n" }]`);
    const files = filesOf("prod", manifests);
    assert.deepEqual([...files.keys()], manifests.map(({ metadata }) => `${metadata.name}.yaml`));
    assert.deepEqual([...files.values()].map((text) => parse(text) as unknown), manifests);
    // As a reviewer reads it: a block, not one long line.
    assert.match([...files.values()][2]!, /storefleet:spec: \|\n +stores:\n +- name: a+\n +engine: woocommerce\n/);
  });

  it("are refused for a store that they can not hold, each with its place and what to do", () => {
    const many = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ name: `Product ${index}`, sku: `P-${index}`, price: 1, description: "x".repeat(1200) })));
    const error = refusal(() => made(`\n  - { name: acme }\n  - name: full\n    products: ${many}`));
    assert.ok(error instanceof ListErrors);
    assert.match(error.message, /^\S+stores\.prod\.yaml:5:15: stores\[1\]\.products make store "full" \d+ kB of text, and the operator takes 120 .*— list fewer, and import the rest in the shop; or keep it in a list of its own, for \.\/scripts\/stores apply --file LIST$/);
  });
});

describe("a state that the operator's pods use", () => {
  const operator = (...variables: string[]) => ({ image: args.operator.image, variables });
  const told = (...state: Parameters<typeof sharedState> extends [unknown, ...infer Rest] ? Rest : never) => refusal(() => sharedState("prod", ...state));

  it("is one that they reach and can open", () => {
    const s3 = { backend: "s3://state/prod" };
    assert.deepEqual(sharedState("prod", s3, operator("PULUMI_CONFIG_PASSPHRASE")), { ...s3, secretsProvider: "passphrase" });
    assert.deepEqual(sharedState("prod", { ...s3, secretsProvider: "hashivault://a" }, operator()), { ...s3, secretsProvider: "hashivault://a" });
    assert.deepEqual(sharedState("prod", { backend: "https://api.pulumi.com" }, operator()), { backend: "https://api.pulumi.com" });
    assert.equal(told({}, operator()).message, "Pulumi.prod.yaml: storefleet:operator needs a state that pods reach, and the settings name none — set backend below storefleet:state: docs/operations.md");
    assert.match(told({ backend: "file:///mnt/state" }, operator()).message, /file:\/\/\/mnt\/state is a folder — move it into a bucket/);
    assert.match(told(s3, operator("AWS_ACCESS_KEY_ID")).message, /^Pulumi\.prod\.yaml: storefleet:operator\.variables lacks PULUMI_CONFIG_PASSPHRASE/);
  });
});
