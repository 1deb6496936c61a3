import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { namespaceOf } from "../../config/names";
import { projectRoot } from "../../config/root";
import type { Answer } from "../../scripts/operations/answers";
import { isSource } from "../images/sources";
import { Visit } from "./helpers/browser-visit";
import { openChromium } from "./helpers/chromium";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";

describe("the dashboard over a fleet", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  let browser: Browser;
  let visit: Visit;

  before(async function () {
    this.timeout(900_000);
    browser = await openChromium();
    cpSync(join(projectRoot, "dashboard"), join(fleet.project, "dashboard"), { recursive: true, filter: isSource });
    fleet.list();
    await fleet.up();
  });
  after(async () => {
    await browser?.close();
    await fleet.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed" && visit) await visit.keepPicture(this.currentTest.title);
  });

  it("opens by the link that stores serve prints, makes a store, and removes it with everything", async () => {
    const serving = fleet.start(["serve", "--listen", "127.0.0.1:0"]);
    const link = () => /http:\S+#token=\S+/.exec(serving.so.stderr)?.[0];
    await until("a link is printed", async () => link() !== undefined);
    assert.match(serving.so.stderr, /building the dashboard/);
    visit = await Visit.begin(browser);
    const { page } = visit;
    visit.expectComplaint(/422/);
    await page.goto(link()!);
    await visit.shows(/There is no store yet/);

    await page.keyboard.press("c");
    await visit.dialog();
    await page.keyboard.type("bluebird");
    await visit.shows(/\+[^]{0,20}- name: bluebird/);
    await page.keyboard.press("Enter");
    await visit.noDialog();
    assert.match(readFileSync(join(fleet.project, "config/stores.local.yaml"), "utf8"), /- name: bluebird/);
    const phase = () => page.$eval("[data-id=bluebird] [data-column=phase]", (it) => it.textContent).catch(() => "");
    await until("its step is told", async () => !["", "Ready", "Not created", "Provisioning"].includes((await phase()) ?? ""), 60, 100);
    await until("it is ready", async () => (await phase()) === "Ready", 120);
    const namespace = `/api/v1/namespaces/${namespaceOf("local", "bluebird")}`;
    assert.ok(await fleet.kube.get(namespace));

    await page.keyboard.type("jx");
    await visit.press("Delete");
    await visit.dialog();
    await visit.shows(/bluebird[^]*Type its name/);
    await page.keyboard.type("bluebird");
    await page.keyboard.press("Enter");
    await visit.noDialog();
    await visit.shows(/There is no store yet/, 120);
    assert.equal(await fleet.kube.get(namespace), undefined);
    const { entries } = JSON.parse((await fleet.ok("audit", "bluebird", "--json")).stdout) as Answer<"audit">;
    assert.deepEqual(entries.filter(({ outcome }) => outcome === "succeeded").map(({ via, action }) => `${via} ${action}`), ["api store.create", "api store.delete"]);
    assert.deepEqual(visit.complaints, []);
    serving.child.kill("SIGTERM");
    await serving.done;
  });
});
