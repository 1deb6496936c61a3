import { existsSync } from "node:fs";
import { join } from "node:path";
import { Browser, computeExecutablePath, detectBrowserPlatform, install } from "@puppeteer/browsers";
import puppeteer, { type Browser as Chromium } from "puppeteer-core";
import { withLock } from "../../../scripts/machine/os/lock";
import { toolsFolder } from "../../../scripts/machine/paths";
import { ensurePackages } from "./debian-packages";

/** Of Chrome for Testing, where none is installed: the one that this puppeteer is made for. */
const buildId = "148.0.7778.97";
const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

const say = (line: string) => console.error(`      ${line}`);

/**
 * A Chromium: that of CHROMIUM, else one that is installed, else Google's official download; on Debian as root, where that is out of reach, the
 * system's own package. A test that needs one does not pass without.
 */
async function findChromium(): Promise<string> {
  const named = process.env.CHROMIUM;
  if (named) return named;
  const found = installed.find((it) => existsSync(it));
  if (found) return found;
  const cacheDir = join(toolsFolder(), "chrome");
  return withLock(join(toolsFolder(), "chrome.lock"), () => undefined, async () => {
    const platform = detectBrowserPlatform();
    if (!platform) throw new Error("no Chromium is known for this kind of machine: name one by CHROMIUM");
    const path = computeExecutablePath({ cacheDir, browser: Browser.CHROMEHEADLESSSHELL, buildId });
    if (existsSync(path)) return path;
    say("fetching Chrome for Testing");
    const failure = await install({ cacheDir, browser: Browser.CHROMEHEADLESSSHELL, buildId, platform }).then(() => undefined, (error: Error) => error.message);
    if (failure === undefined) return path;
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw new Error(`no Chromium is installed, and Chrome for Testing can not be fetched (${failure}): name one by CHROMIUM`);
    say("installing Debian's chromium");
    await ensurePackages(["chromium"], async () => existsSync("/usr/bin/chromium"));
    return "/usr/bin/chromium";
  });
}

/** Says which it is. */
export async function openChromium(): Promise<Chromium> {
  const executablePath = await findChromium();
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
  say(`${await browser.version()}, ${executablePath}`);
  return browser;
}
