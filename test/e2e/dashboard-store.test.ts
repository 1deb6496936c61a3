import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { canary, operationOf, rowOf } from "../unit/helpers/api-client";
import type { StoreDomain } from "../../scripts/operations/domains";
import type { Visit } from "./helpers/browser-visit";
import { MadeUpFleet, someStores } from "./helpers/made-up-fleet";
import { until } from "./helpers/until";
import { useVisits } from "./helpers/visits";

describe("the dashboard's pages of stores and operations, in a browser", function () {
  this.timeout(120_000);
  const visits = useVisits();
  let fleet: MadeUpFleet;
  let visit: Visit;
  let page: Page;

  const domain = (host: string, more: Partial<StoreDomain> = {}): StoreDomain => ({ host, generated: false, addresses: ["192.0.2.1"], leads: "here", served: true, certificateUntil: null, problem: null, ...more });
  const failed = rowOf("acme", { phase: "FAILED", reason: "woocommerce-mariadb 0/1 ready: the volume is full (10Gi of 10Gi used)", certificates: [{ host: "store-acme.example.com", notAfter: "2027-02-01T00:00:00Z", reason: null }] });

  /** Somebody who comes by the link. @param quick milliseconds that what takes 30 s in a browser takes in this */
  async function arrive(path: string, { scope = "admin", stores = [failed, ...someStores(3)], quick }: { scope?: string; stores?: typeof fleet.client.faked.stores; quick?: number } = {}): Promise<void> {
    fleet = new MadeUpFleet(stores);
    const { faked } = fleet.client;
    faked.operations = [operationOf("20261127-110000-aaaa", { kind: "verify", state: "failed", stores: { acme: { action: "verify", result: "failed", seconds: 31, error: "the cart answers 500" } } })];
    faked.fleet.domains = async (name) => [domain(`store-${name}.example.com`, { generated: true }), ...readDomains().map((host) => domain(host, { leads: "nowhere", problem: `DNS does not know ${host}: add an A record to 192.0.2.1` }))];
    faked.fleet.events = async () => [{ time: new Date(Date.now() - 60_000).toISOString(), type: "Warning", object: "Pod/woocommerce-0", reason: "BackOff", message: "back-off restarting failed container", count: 3 }];
    ({ visit, page } = await visits.begin(fleet));
    if (quick !== undefined) await page.evaluateOnNewDocument((ms) => {
      const timeout = window.setTimeout;
      Object.assign(window, { setTimeout: (its: () => void, after?: number, ...more: unknown[]) => timeout(its, after === 30_000 ? ms : after, ...more) });
    }, quick);
    await page.goto(fleet.link(path, scope));
    await page.waitForSelector("h1");
  }
  const list = () => readFileSync(fleet.file, "utf8");
  const readDomains = () => /- name: acme\n(?: {4}.*\n)*? {4}domains: \[(.*)\]/.exec(list())?.[1]?.split(",").map((it) => it.trim().replaceAll('"', "")).filter(Boolean) ?? [];


  it("tells what a store is, what is wrong with it, and what was done to it", async () => {
    await arrive("/stores/acme");
    await visit.shows(/Failed[^]*the volume is full[^]*Events and logs below tell more/);
    await visit.shows(/store-acme\.example\.com/);
    await visit.shows(/BackOff[^]*back-off restarting/);
    await visit.shows(/verify failed in 31 s[^]*the cart answers 500/);
    await visit.shows(/- name: acme\n\s+engine: woocommerce\n\s+plan: small/);
  });

  it("shows credentials only when they are asked for, and hides them again after 30 s", async () => {
    await arrive("/stores/acme", { quick: 2_000 });
    let read = 0;
    fleet.client.faked.fleet.credentials = async (name) => (read++, { name, url: "http://acme", username: "admin", password: canary });
    await visit.shows(/Each reading is recorded/);
    assert.equal(read, 0);
    await visit.press("Reveal");
    await visit.shows(new RegExp(canary));
    await visit.axe("revealed");
    await until("it is hidden again", async () => !(await page.content()).includes(canary));
    assert.equal(read, 1);
    await visit.press("Reveal");
    await visit.shows(new RegExp(canary));
    await visit.press("Hide");
    await until("it is hidden at once", async () => !(await page.content()).includes(canary), 1, 20);
  });

  it("copies a password without showing it", async () => {
    await arrive("/stores/acme");
    await page.browserContext().overridePermissions(fleet.address, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
    await visit.press("Copy password");
    await visit.shows(/Copied\./);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), canary);
    assert.ok(!(await page.content()).includes(canary));
  });

  it("is deleted only when its name is typed, and says then that it is gone", async () => {
    await arrive("/stores/acme");
    await visit.press("Delete");
    await visit.dialog();
    await visit.axe("delete");
    await page.keyboard.type("acm");
    await page.keyboard.press("Enter");
    assert.deepEqual(fleet.asked, []);
    await page.keyboard.type("e");
    await page.keyboard.press("Enter");
    await visit.noDialog();
    await visit.shows(/There is no such store[^]*destroy/);
    assert.deepEqual(fleet.asked, [{ what: "delete", name: "acme" }]);
    await visit.axe("gone");
  });

  it("adds a domain and takes it away, and tells what is wrong with it before and after", async () => {
    await arrive("/stores/acme");
    visit.expectComplaint(/422|409/);
    await visit.shows(/Add a domain/);
    await page.click(".one-line input");
    await page.keyboard.type("not a host");
    await visit.shows(/is not a|no host|not a host name/i);
    assert.equal(await page.$eval(".one-line button", (it) => it.disabled), true);
    await visit.axe("a wrong domain");
    await visit.retype("shop.example.org");
    await until("it may be added", () => page.$eval(".one-line button", (it) => !it.disabled));
    await page.keyboard.press("Enter");
    await visit.shows(/DNS does not know shop\.example\.org/);
    assert.deepEqual(readDomains(), ["shop.example.org"]);
    await page.click("[aria-label='Remove shop.example.org']");
    await until("it is out of the list", async () => readDomains().length === 0);
    await until("and out of the page", async () => !/shop\.example\.org: add/.test(await visit.text()));
  });

  it("shows both versions where somebody else wrote meanwhile, and loses neither", async () => {
    await arrive("/stores/acme");
    visit.expectComplaint(/412/);
    await visit.press("Edit");
    await visit.dialog();
    await page.keyboard.type("Acme of mine");
    await visit.shows(/\+[^]{0,20}title: Acme of mine/);
    await visit.axe("edit");
    fleet.list(list().replace("name: acme\n    engine: woocommerce\n    plan: small\n", "name: acme\n    engine: woocommerce\n    plan: large\n"));
    await page.keyboard.press("Enter");
    await visit.shows(/Somebody else changed it meanwhile[^]*−[^]{0,20}plan: small[^]*\+[^]{0,20}plan: large[^]*\+[^]{0,20}title: Acme of mine/);
    await visit.axe("conflict");
    assert.ok(!list().includes("of mine"));
    await visit.press("Save it on top");
    await visit.noDialog();
    assert.match(list(), /name: acme\n {4}engine: woocommerce\n {4}plan: large\n {4}title: Acme of mine\n/);
  });

  it("shows the live step of what is done to it, and pauses and resumes it", async () => {
    await arrive("/stores/shop-0001");
    fleet.takes = 1_500;
    await visit.press("Suspend");
    await visit.dialog();
    await visit.press("Suspend");
    await visit.shows(/update releasing/);
    await visit.shows(/Suspended/);
    await visit.press("Resume");
    await visit.shows(/Ready/);
    assert.deepEqual(fleet.asked.map(({ what }) => what), ["update", "update"]);
  });

  it("follows the logs, holds them while they are read, and says when they end", async () => {
    await arrive("/stores/acme");
    let tell: (line: string) => void = () => undefined;
    let end: () => void = () => undefined;
    fleet.client.faked.fleet.followLogs = (_, __, onLine) => new Promise<void>((done) => {
      tell = (line) => onLine("acme-0", "php", line);
      end = done;
      tell("first");
      onLine("acme-db-0", "mariadb", "ready for connections");
    });
    await visit.press("Show logs");
    await visit.shows(/php │ first\nmariadb │ ready/);
    await visit.press("Pause");
    tell("second");
    await visit.shows(/paused/);
    assert.ok(!(await visit.text()).includes("second"));
    await visit.press("Go on");
    await visit.shows(/php │ second/);
    await page.select("select[aria-label=Container]", "php");
    await until("only one container's", async () => (await page.$eval("pre.log", (it) => it.textContent)) === "first\nsecond");
    await visit.axe("logs");
    end();
    await visit.shows(/ended/);
    await visit.press("Follow again");
    await visit.shows(/following/);
  });

  it("offers to who may only read nothing else", async () => {
    await arrive("/stores/acme", { scope: "read" });
    await visit.shows(/the volume is full/);
    await visit.shows(/- name: acme/);
    const offered = await page.$$eval("main button", (all) => all.map((it) => it.textContent));
    assert.deepEqual(offered, ["Show logs"]);
    assert.ok(!/Credentials|Add a domain/.test(await visit.text()));
  });

  it("says what can not be read where it can not, and keeps the rest", async () => {
    await arrive("/stores/acme");
    visit.expectComplaint(/500/);
    fleet.client.faked.fleet.events = async () => { throw new Error("the events are away"); };
    await page.reload();
    await visit.shows(/went wrong[^]*Request/);
    await visit.shows(/the volume is full/);
    await visit.axe("a part that is away");
    assert.match(fleet.client.reported.join(), /the events are away/);
    fleet.client.reported.length = 0;
  });

  it("has nothing that axe finds, and fits 320 pixels", async () => {
    await arrive("/stores/acme");
    await visit.shows(/BackOff/);
    await visit.axe("store");
    await page.setViewport({ width: 320, height: 640 });
    await visit.axe("store, narrow");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await visit.press("Edit");
    await visit.dialog();
    await visit.axe("edit, narrow");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  });

  it("lists operations, shows one live with its errors whole, and cancels it", async () => {
    await arrive("/operations");
    const { faked } = fleet.client;
    const id = "20261127-130000-bbbb";
    const began = new Date(Date.now() - 60_000).toISOString();
    const error = "context deadline exceeded\n  mariadb 0/1 ready: no image";
    let running = operationOf(id, { state: "running", requestedAt: began, startedAt: began, stores: { acme: { action: "update", result: "working", step: "waiting for pods" }, "shop-0001": { action: "create", result: "failed", seconds: 310, error, repairs: ["a pending release was rolled back"] } } });
    faked.operations = [running, ...faked.operations];
    faked.fleet.cancel = async () => {
      running = { ...running, state: "stopping" };
      faked.operations = [running, ...faked.operations.slice(1)];
      return running;
    };
    await visit.shows(/apply 2 stores[^]*running[^]*1 of 2 done[^]*verify acme/);
    await visit.axe("operations");
    await page.setViewport({ width: 320, height: 640 });
    await visit.axe("operations, narrow");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await visit.press("apply 2 stores");
    await visit.shows(/waiting for pods[^]*Repaired: a pending release[^]*context deadline exceeded\n {2}mariadb/);
    await visit.axe("operation, narrow");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await page.setViewport({ width: 1280, height: 800 });
    await visit.axe("operation");
    await visit.press("Cancel operation");
    await visit.shows(/stopping[^]*no further store is begun/);
    faked.operations = [{ ...running, state: "cancelled", endedAt: new Date().toISOString() }, ...faked.operations.slice(1)];
    await visit.shows(/cancelled/);
    assert.ok(!/Cancel operation/.test(await visit.text()));
  });

  visits.complains();
});
