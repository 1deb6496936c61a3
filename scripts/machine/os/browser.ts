import { spawn } from "node:child_process";
import { release } from "node:os";
import { environmentFor } from "../../../config/variables";

/** Programs that show an address, the preferred one first; on WSL the browser is Windows' own. */
export function openersOf(platform: NodeJS.Platform, kernel: string): string[] {
  if (platform === "darwin") return ["open"];
  return /microsoft/i.test(kernel) ? ["wslview", "explorer.exe", "xdg-open"] : ["xdg-open"];
}

/** Milliseconds: an opener that can not, says so at once; one that can may live as long as its browser. */
const patience = 1000;

/** Shows an address in the browser, which is not waited for; says whether there is a program that did. */
export async function openInBrowser(url: string, openers: string[] = openersOf(process.platform, release())): Promise<boolean> {
  for (const opener of openers) if (await opened(opener, url)) return true;
  return false;
}

const opened = (opener: string, url: string) =>
  new Promise<boolean>((resolve) => {
    const child = spawn(opener, [url], { stdio: "ignore", detached: true, env: environmentFor("program") });
    const timer = setTimeout(() => resolve(true), patience);
    const ended = (well: boolean) => (clearTimeout(timer), resolve(well));
    child.on("error", () => ended(false));
    // explorer.exe has opened the page and ends with 1.
    child.on("exit", (code) => ended(code === 0 || opener.endsWith("explorer.exe")));
    child.unref();
  });
