import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type LaunchOptions, type Page } from "puppeteer-core";
import { say } from "./lab";

/** Where the screenshots go, for people to look at. */
const folder = process.env.LAB_SCREENSHOTS ?? join(tmpdir(), "storefleet-screenshots");

/** A browser that finds the shops of the lab. */
export async function openBrowser(options: LaunchOptions = {}): Promise<Browser> {
  mkdirSync(folder, { recursive: true });
  say(`screenshots: ${folder}`);
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--host-resolver-rules=MAP *.nip.io 127.0.0.1"],
    ...options,
  });
}

/** Waits until a page shows a text. While a new page loads it has no body yet. */
export async function shows(page: Page, pattern: RegExp): Promise<void> {
  const found = page.waitForFunction((source, flags) => new RegExp(source, flags).test(document.body?.innerText ?? ""), { timeout: 60_000 }, pattern.source, pattern.flags);
  await found.catch(async (error: Error) => {
    throw new Error(`${error.message}: ${page.url()} does not show ${pattern}, but: ${await page.evaluate(() => document.body?.innerText)}`);
  });
}

/** The whole page, as an image of that name. */
export const screenshot = (page: Page, name: string) => page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png`, fullPage: true });
