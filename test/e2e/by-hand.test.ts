import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Fleet, succeeded, type Row } from "./helpers/fleet";

const store = (title: string) => `{ name: hand, engine: woocommerce, title: ${title} }`;

describe("the same stacks by hand", function () {
  this.timeout(240_000);
  const fleet = new Fleet();
  const stack = ["--stack", "local.hand"];
  const yes = ["--yes", "--skip-preview"];

  const byHand = async (...args: string[]) => succeeded(args, await fleet.pulumi(...args));
  async function assertUnchanged(): Promise<void> {
    const before = fleet.stateText("hand");
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
    assert.equal((await fleet.apply()).rows.hand!.result, "unchanged");
    assert.equal(fleet.stateText("hand"), before);
  }

  before(async () => {
    fleet.list(store("First"));
    await fleet.up();
    await fleet.ok("apply");
  });
  after(() => fleet.remove());

  it("have no changes after the script, and the script leaves nothing in the checkout", async () => {
    assert.deepEqual(readdirSync(fleet.project).filter((name) => name.startsWith("Pulumi.")).sort(), ["Pulumi.local.yaml", "Pulumi.prod.yaml", "Pulumi.yaml"]);
    await byHand("preview", ...stack, "--expect-no-changes");
    await byHand("up", ...stack, ...yes, "--expect-no-changes");
    await byHand("preview", "--stack", "local", "--expect-no-changes");
    await byHand("refresh", ...stack, "--yes", "--expect-no-changes");
    await byHand("preview", ...stack, "--expect-no-changes");
    await assertUnchanged();
    const outputs = JSON.parse((await byHand("stack", "output", ...stack, "--json", "--show-secrets")).stdout) as Record<string, string>;
    const { url, adminUrl, username, password } = await fleet.json<Record<string, string>>("credentials", "hand");
    assert.deepEqual(
      [outputs.url, outputs.adminUrl, outputs.adminUsername, outputs.adminPassword, outputs.namespace],
      [url, adminUrl, username, password, fleet.namespace("hand")],
    );
    assert.equal(await fleet.kubectl("get", "namespace", fleet.namespace("hand"), "-o", "name"), `namespace/${fleet.namespace("hand")}`);
  });

  it("an edit that was brought up by hand is unchanged for the script", async () => {
    fleet.list(store("Second"));
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 2);
    await byHand("up", ...stack, ...yes);
    await assertUnchanged();
    await fleet.assertSound("hand");
  });

  it("a store that its stack's config has is unchanged, needs no list, and is changed by the list again", async () => {
    const entry = { name: "hand", engine: "woocommerce", title: "Second" };
    const config = ["config", "set", "storefleet:spec", ...stack];
    await byHand(...config, JSON.stringify({ stores: [entry] }));
    await byHand("up", ...stack, ...yes, "--expect-no-changes");
    await assertUnchanged();
    fleet.list();
    const told = await byHand("preview", ...stack, "--expect-no-changes");
    assert.match(told.stdout, /the store is as storefleet:spec in the stack's config has it; the list is not read/);
    await byHand(...config, JSON.stringify({ stores: [{ ...entry, plan: "huge" }] }));
    const wrong = await fleet.pulumi("up", ...stack, ...yes);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stdout + wrong.stderr, /storefleet:spec:1:\d+: stores\[0\]\.plan is not known \(value "huge"\)/);
    await byHand("config", "rm", "storefleet:spec", ...stack);
    fleet.list(store("Second"));
    await byHand("preview", ...stack, "--expect-no-changes");
  });

  it("losing the files that hold the salts loses nothing", async () => {
    const files = [fleet.project, fleet.workFolder].map((folder) => join(folder, "Pulumi.local.hand.yaml"));
    assert.ok(existsSync(files[0]!), "the CLI by hand wrote none");
    for (const file of files) rmSync(file, { force: true });
    await byHand("preview", ...stack, "--expect-no-changes");
    for (const file of files) rmSync(file, { force: true });
    fleet.list(store("Third"));
    assert.equal((await fleet.apply()).rows.hand!.result, "updated");
    await byHand("preview", ...stack, "--expect-no-changes");
  });

  it("what was destroyed by hand is created again", async () => {
    await byHand("destroy", ...stack, ...yes);
    assert.ok(fleet.hasStack("hand"));
    const { stores } = await fleet.json<{ stores: Row[] }>("plan");
    assert.equal(stores[0]!.action, "create");
    assert.equal((await fleet.apply()).rows.hand!.result, "created");
    await fleet.assertSound("hand");
  });

  it("a store that is not listed, and a stack that stands for none, are refused with what to do", async () => {
    fleet.list();
    const gone = await fleet.pulumi("up", ...stack, ...yes);
    assert.notEqual(gone.code, 0);
    assert.match(gone.stdout + gone.stderr, /store "hand" is not in .*stores\.local\.yaml/);
    assert.match(gone.stdout + gone.stderr, /stores destroy hand/);
    assert.ok(fleet.resources("hand").length > 10);
    await byHand("stack", "init", "wrong.name.here");
    const wrong = await fleet.pulumi("preview", "--stack", "wrong.name.here");
    assert.match(wrong.stdout + wrong.stderr, /"wrong\.name\.here" is not a stack of this project/);
    await byHand("stack", "rm", "--yes", "wrong.name.here");
    assert.equal(fleet.rows(await fleet.ok("destroy", "hand", "--yes", "--json")).rows.hand!.result, "deleted");
  });
});
