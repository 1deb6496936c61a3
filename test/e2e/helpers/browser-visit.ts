import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, CDPSession, ElementHandle, Page } from "puppeteer-core";

const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Somebody's visit, with cookies and preferences of its own. */
export class Visit {
  private readonly expected: RegExp[] = [];
  private readonly heard: string[] = [];

  private constructor(
    readonly page: Page,
    readonly client: CDPSession,
  ) {}

  static async begin(browser: Browser): Promise<Visit> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }, { name: "prefers-reduced-motion", value: "reduce" }]);
    const visit = new Visit(page, await page.createCDPSession());
    page.on("console", (message) => ["error", "warn"].includes(message.type()) && visit.heard.push(message.text()));
    page.on("pageerror", (error) => visit.heard.push(String(error)));
    return visit;
  }

  /** What the browser complained of, such as an error, or a style that the server's rules forbid, and nobody expected. */
  get complaints(): string[] {
    return this.heard.filter((it) => !this.expected.some((pattern) => pattern.test(it)));
  }

  expectComplaint(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  note(text: string): void {
    console.error(`      ${text}`);
  }

  text = () => this.page.evaluate(() => document.body?.innerText ?? "");

  async shows(pattern: RegExp, seconds = 20): Promise<void> {
    const found = this.page.waitForFunction((source, flags) => new RegExp(source, flags).test(document.body?.innerText ?? ""), { timeout: seconds * 1000, polling: 50 }, pattern.source, pattern.flags);
    await found.catch(async (error: Error) => assert.fail(`${error.message}: ${this.page.url()} does not show ${pattern}, but: ${(await this.text()).slice(-1500)}`));
  }

  async dialog(): Promise<void> {
    await this.page.waitForSelector("[role=dialog]", { timeout: 10_000 });
    await this.page.waitForFunction(() => document.querySelector("[role=dialog]")?.contains(document.activeElement), { timeout: 10_000 });
  }

  noDialog = () => this.page.waitForFunction(() => !document.querySelector("[role=dialog]"), { timeout: 10_000 });

  /** What one chooses by its words: in a dialog, where there is one. */
  async press(name: string): Promise<void> {
    const found = await this.page.waitForFunction(
      (its) => {
        const place = document.querySelector("[role=dialog]") ?? document.body;
        return [...place.querySelectorAll<HTMLElement>("button, a, label")].find((it) => it.textContent?.replace(/ ?(Esc|c|\?)$/, "").trim() === its && !(it as HTMLButtonElement).disabled);
      },
      { timeout: 10_000, polling: 50 }, name,
    ).catch(async (error: Error) => assert.fail(`${error.message}: nothing is called "${name}": ${(await this.text()).slice(-1500)}`));
    await (found as ElementHandle<HTMLElement>).click();
  }

  /** In place of what stands in the field that has the focus. */
  async retype(text: string): Promise<void> {
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("a");
    await this.page.keyboard.up("Control");
    await this.page.keyboard.type(text);
  }

  /** Fails for what axe finds, in either theme. */
  async axe(state: string): Promise<void> {
    await this.page.evaluate(axeSource);
    for (const theme of ["light", "dark"]) {
      await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
      const { violations } = (await this.page.evaluate("axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })")) as AxeResults;
      assert.deepEqual(violations.map(({ id, nodes }) => `${state}, ${theme}: ${id}, ${nodes.length} times: ${nodes[0]!.target.join(" ")}: ${nodes[0]!.failureSummary}`), []);
    }
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }, { name: "prefers-reduced-motion", value: "reduce" }]);
  }

  async keepPicture(name: string): Promise<void> {
    const path = join(tmpdir(), `dashboard-${name.replace(/\W+/g, "-").slice(0, 60)}.png`) as `${string}.png`;
    await this.page.screenshot({ path });
    this.note(`as it was then: ${path}`);
  }

  end = () => this.page.browserContext().close();
}
