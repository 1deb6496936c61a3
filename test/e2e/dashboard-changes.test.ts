import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { UserError } from "../../config/errors";
import { auditEntryOf } from "../unit/helpers/api-client";
import type { Visit } from "./helpers/browser-visit";
import { MadeUpFleet, someStores } from "./helpers/made-up-fleet";
import { MadeUpPlans, planned } from "./helpers/made-up-plans";
import { until } from "./helpers/until";
import { useVisits } from "./helpers/visits";

describe("the dashboard's changes and audit trail, in a browser", function () {
  this.timeout(120_000);
  const visits = useVisits();
  let fleet: MadeUpFleet;
  let plans: MadeUpPlans;
  let visit: Visit;
  let page: Page;

  /** Somebody who comes by the link to such a page. */
  async function arrive(path: string, shows: RegExp, scope = "admin"): Promise<void> {
    await page.goto(fleet.link(path, scope));
    await visit.shows(shows);
  }
  beforeEach(async () => {
    fleet = new MadeUpFleet(someStores(4));
    plans = new MadeUpPlans(fleet);
    ({ visit, page } = await visits.begin(fleet));
  });
  const submit = () => page.$eval("main [type=submit]", (it) => (it as HTMLButtonElement).disabled);
  const fits = async (state: string) => {
    await visit.axe(state);
    await page.setViewport({ width: 320, height: 640 });
    await visit.axe(`${state}, narrow`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await page.setViewport({ width: 1280, height: 800 });
  };

  describe("from the list to the cluster", () => {
    it("shows what waits and why, plans it, and has done exactly what the plan says", async () => {
      fleet.client.faked.fleet.pending = async () => [
        { name: "shop-0001", action: "update", why: [{ cause: "entry", key: "plan", from: '"small"', to: '"large"' }, { cause: "by-hand" }], reason: null },
        { name: "shop-0002", action: "refused", why: [], reason: "its namespace belongs to somebody else" },
      ];
      plans.says = [planned("shop-0001", "update"), planned("fresh", "create"), planned("shop-0003", "unchanged")];
      await arrive("/changes", /plan: small → large; its Helm release was changed by hand[^]*belongs to somebody else[^]*# The shops of this machine/);
      await fits("pending");
      await visit.press("Plan");
      await visit.shows(/nothing is changed \(/);
      await visit.shows(/1 created, 1 updated, 1 as it is/);
      assert.deepEqual(plans.planned, [{ prune: false }]);
      await page.focus("summary");
      await page.keyboard.press("Enter");
      await visit.shows(/ResourceQuota[^]*spec\.hard\.pods\s+10 → 20[^]*data\.key\s+not shown[^]*and 2 more[^]*woocommerce/);
      await fits("plan");
      await page.reload();
      await visit.shows(/1 created, 1 updated, 1 as it is/);
      await visit.press("Apply exactly this plan");
      await visit.shows(/This plan is done\. 2 of 2 stores/);
      const plan = new URL(page.url()).searchParams.get("plan")!;
      assert.deepEqual(plans.asked, [{ plan, maxDeletes: 0 }]);
      assert.equal(await page.$("main [type=submit]"), null);
    });

    it("says that the ground has moved, and plans anew", async () => {
      plans.says = [planned("shop-0001", "update")];
      await arrive("/changes", /All stores are as listed/);
      await visit.press("Plan");
      await visit.shows(/Apply exactly this plan/);
      plans.moved = "shop-0001 changed since it was made";
      visit.expectComplaint(/409/);
      await visit.press("Apply exactly this plan");
      await visit.shows(/The ground has moved, and nothing was done:[^]*shop-0001 changed since it was made/);
      await visit.axe("moved");
      delete plans.moved;
      plans.says = [planned("shop-0001", "update"), planned("shop-0002", "update")];
      await visit.press("Make a new plan");
      await visit.shows(/2 updated/);
      await visit.press("Apply exactly this plan");
      await visit.shows(/This plan is done/);
      assert.equal(plans.asked.length, 1);
    });

    it("deletes only when it is typed how many, and no more than these", async () => {
      plans.says = [planned("shop-0001", "delete"), planned("shop-0002", "delete"), planned("shop-0003", "update")];
      await arrive("/changes", /All stores are as listed/);
      await visit.press("The plan deletes stores that left the list, but never protected ones");
      await visit.press("Plan");
      await visit.shows(/Deleted, with volumes, orders and secrets[^]*shop-0001[^]*shop-0002[^]*Type how many are deleted, 2/);
      assert.deepEqual(plans.planned, [{ prune: true }]);
      await fits("deletes");
      await page.focus("form input");
      await page.keyboard.type("3");
      assert.equal(await submit(), true);
      await page.keyboard.press("Enter");
      await visit.retype("2");
      assert.equal(await submit(), false);
      assert.deepEqual(plans.asked, []);
      await page.keyboard.press("Enter");
      await visit.shows(/This plan is done/);
      assert.deepEqual(plans.asked.map(({ maxDeletes }) => maxDeletes), [2]);
    });

    it("says why nothing can be done by a plan, and that one is not kept any more", async () => {
      plans.says = [{ ...planned("shop-0001", "update"), looked: false, resources: [], error: "the chart can not be read" }];
      await arrive("/changes", /All stores are as listed/);
      await visit.press("Plan");
      await visit.shows(/the chart can not be read[^]*not all stores could be looked at: shop-0001/);
      await visit.axe("not whole");
      assert.equal(await page.$("main [type=submit]"), null);
      fleet.client.faked.fleet.planOf = async () => { throw new UserError("the plan is not kept any more", "Make a new one.", "usage"); };
      visit.expectComplaint(/4\d\d/);
      await page.reload();
      await visit.shows(/the plan is not kept any more[^]*Make a new plan/);
    });

    it("offers nothing to who may only read", async () => {
      await arrive("/changes", /read only[^]*# The shops of this machine/, "read");
      assert.deepEqual(await page.$$eval("main button, main input", (all) => all.map((it) => it.textContent)), []);
      await fits("read only");
    });
  });

  describe("the list", () => {
    const edit = async (from: RegExp, to: string) => {
      const text = readFileSync(fleet.file, "utf8").replace(from, to);
      await page.focus("textarea");
      await page.$eval("textarea", (it, its) => {
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")!.set!.call(it, its);
        it.dispatchEvent(new Event("input", { bubbles: true }));
      }, text);
    };

    it("is edited as a whole, with what is wrong at its line and column, and written as it is meant", async () => {
      await arrive("/changes", /# The shops of this machine/);
      await visit.press("Edit the list");
      await edit(/plan: medium/, "plan: huge");
      await visit.shows(/What saving changes[^]*−[^]{0,20}plan: medium[^]*\+[^]{0,20}plan: huge/);
      visit.expectComplaint(/409|422/);
      await visit.press("Save");
      await visit.shows(/stores\.yaml:8:11/);
      await fits("problem");
      await visit.press("Go to 8:11");
      assert.equal(await page.$eval("textarea", (it) => it.value.slice(it.selectionStart, it.selectionStart + 4)), "huge");
      assert.ok(!readFileSync(fleet.file, "utf8").includes("huge"));
      await edit(/plan: medium/, "plan: large # for Christmas");
      await visit.press("Save");
      await visit.shows(/The list is written[^]*plan: large # for Christmas/);
      assert.match(readFileSync(fleet.file, "utf8"), /^# The shops of this machine\.\n[^]*plan: large # for Christmas\n/);
    });

    it("is not written over what somebody else wrote meanwhile", async () => {
      await arrive("/changes", /# The shops of this machine/);
      await visit.press("Edit the list");
      await edit(/plan: medium/, "plan: large");
      const theirs = `${readFileSync(fleet.file, "utf8")}  - name: by-hand\n    engine: medusa\n`;
      fleet.list(theirs);
      visit.expectComplaint(/412/);
      await visit.press("Save");
      await visit.shows(/Somebody else changed the list meanwhile; nothing was written\.[^]*\+[^]{0,20}- name: by-hand[^]*What saving makes of theirs[^]*−[^]{0,20}- name: by-hand/);
      await fits("conflict");
      assert.equal(readFileSync(fleet.file, "utf8"), theirs);
      await visit.press("Begin again from theirs");
      await edit(/plan: medium/, "plan: large");
      await visit.press("Save");
      await visit.shows(/The list is written/);
      assert.equal(readFileSync(fleet.file, "utf8"), theirs.replace("plan: medium", "plan: large"));
    });

    it("is shown and mended when it is wrong", async () => {
      fleet.list("stores:\n  - name: acme\n    plan: huge\n");
      fleet.client.faked.fleet.pending = async () => { throw new UserError("stores.yaml:3:11: plan is no plan", "Mend it.", "list-invalid"); };
      await arrive("/changes", /plan: huge/);
      visit.expectComplaint(/409|422/);
      await visit.shows(/3:11: plan is no plan/);
      await visit.press("Edit the list");
      await edit(/[^]*/, "stores:\n  - name: acme\n    engine: medusa\n");
      fleet.client.faked.fleet.pending = async () => [];
      await visit.press("Save");
      await visit.shows(/All stores are as listed/);
    });
  });

  describe("the audit trail", () => {
    const actor = (person: string) => ({ actor: { user: "admin", person, host: "laptop" } });
    const trail = (count: number, broken: { seq: number; reason: string } | null = null) => {
      const all = Array.from({ length: count }, (_, at) => auditEntryOf(at + 1, { hash: `hash-${at + 1}`, prev: at === 0 ? "" : `hash-${at}`, ...actor(at % 2 ? "Ada" : "Bob"), ...(at % 50 === 49 && { action: "credentials.read", store: "shop-0001", seconds: 2, operation: "20261127-120000-aaaa" }), ...(at % 7 === 0 && { outcome: "failed", reason: "the volume is full" }) }));
      fleet.client.faked.fleet.audit = async ({ store, since }) => (asked.push({ store, since }), { entries: all.filter((it) => store === undefined || it.store === store), head: { seq: count, hash: `hash-${count}` }, broken });
    };
    const asked: { store: string | undefined; since: number | undefined }[] = [];
    const seen = () => page.$$eval(".ledger summary", (all) => all.length);

    it("is read newest first and page by page, opened, and exported as it is shown", async () => {
      trail(250);
      await arrive("/audit", /Bob by command/);
      assert.equal(await seen(), 100);
      await visit.shows(/The trail is whole\. Its last entry is 250, hash-250/);
      await page.focus(".ledger summary");
      await page.keyboard.press("Enter");
      await visit.shows(/operation\s+20261127-120000-aaaa[^]*host\s+laptop[^]*took\s+2 s[^]*entry\s+250[^]*hash\s+hash-250[^]*before it\s+hash-249/);
      await fits("audit");
      await visit.press("Show older ones");
      await until("the second page", async () => (await seen()) === 200);
      await page.evaluate(() => {
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => (void (blob as Blob).text().then((text) => Object.assign(window, { exported: text })), make(blob));
      });
      await visit.press("Export 200 as JSON lines");
      await until("it is exported", () => page.evaluate(() => "exported" in window));
      const lines = (await page.evaluate(() => (window as unknown as { exported: string }).exported)).trimEnd().split("\n").map((it) => JSON.parse(it) as { seq: number });
      assert.deepEqual(lines.map(({ seq }) => seq), Array.from({ length: 200 }, (_, at) => 250 - at));
      await visit.press("Show older ones");
      await until("all", async () => (await seen()) === 250);
      assert.ok(!/Show older ones/.test(await visit.text()));
    });

    it("is sifted by store, person, kind and age, and the address keeps that", async () => {
      trail(200);
      await arrive("/audit", /Bob by command/);
      await page.type("input", "shop-0001");
      await until("those of the store", async () => (await seen()) === 4);
      await page.select("select", "credentials.read");
      await page.evaluate(() => (document.querySelectorAll("main input")[1] as HTMLInputElement).focus());
      await page.keyboard.type("bob");
      await visit.shows(/Nothing in the trail is like that/);
      await visit.axe("nothing like that");
      await visit.retype("ADA");
      await until("hers", async () => (await seen()) === 4);
      await page.evaluate(() => document.querySelectorAll("select")[1]!.setAttribute("id", "age"));
      await page.select("#age", "86400");
      await until("the address has it", async () => /store=shop-0001&action=credentials\.read&who=ADA&since=86400/.test(page.url()));
      await page.reload();
      await until("the same", async () => (await seen()) === 4);
      assert.deepEqual(asked.at(-1), { store: "shop-0001", since: 86_400 });
    });

    it("says where it is not whole, why it can not be read, and who may not", async () => {
      trail(3, { seq: 2, reason: "was changed" });
      await arrive("/audit", /The trail is not whole\. Entry 2: was changed/);
      assert.ok(!/The trail is whole/.test(await visit.text()));
      await fits("broken");
      fleet.client.faked.fleet.audit = async () => { throw new UserError("the cluster can not be reached", "Is it up?", "cluster-unreachable"); };
      visit.expectComplaint(/503/);
      await page.reload();
      await visit.shows(/the cluster can not be reached[^]*Try again/);
      trail(3);
      await visit.press("Try again");
      await visit.shows(/The trail is whole/);
      await visit.press("Sign out");
      await visit.shows(/Sign in/);
      // Another part behind the # alone is no other page.
      await page.goto("about:blank");
      await page.goto(fleet.link("/audit", "read"));
      await visit.shows(/may not read the audit trail[^]*audit/);
      await visit.axe("no scope");
    });
  });

  visits.complains();
});
