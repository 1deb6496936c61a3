import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { Visit } from "./browser-visit";
import { openChromium } from "./chromium";
import type { MadeUpFleet } from "./made-up-fleet";

interface Visiting {
  visit: Visit;
  page: Page;
}

/**
 * For a file of tests of the dashboard: a browser, from which each test has a visit to a fleet of its own. When a test has failed, there is a picture.
 * @returns begin: serves a fleet and opens a page, on which nothing is shown yet; complains: the file's last test, of what no other expected
 */
export function useVisits() {
  let browser: Browser;
  let at: (Visiting & { fleet: MadeUpFleet }) | undefined;
  /** What browser or server complained of, and no test expected. */
  const complaints: string[] = [];

  before(async function () {
    this.timeout(900_000);
    browser = await openChromium();
  });
  after(() => browser?.close());
  afterEach(async function () {
    if (!at) return;
    const { fleet, visit } = at;
    at = undefined;
    if (this.currentTest?.state === "failed") await visit.keepPicture(this.currentTest.title);
    complaints.push(...[...visit.complaints, ...fleet.client.reported].map((it) => `${this.currentTest?.title}: ${it}`));
    await visit.end();
    fleet.remove();
  });

  return {
    async begin(fleet: MadeUpFleet): Promise<Visiting> {
      await fleet.start();
      const visit = await Visit.begin(browser);
      at = { fleet, visit, page: visit.page };
      return at;
    },
    complains: () =>
      describe("all the while", () => {
        it("made neither browser nor server complain of anything else", () => assert.deepEqual(complaints, []));
      }),
  };
}
