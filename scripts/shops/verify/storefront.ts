import { UserError } from "../../../config/errors";
import { htmlOf, oneLine, type Site } from "./site";

/** Pages of the catalogue that are looked through; twelve products are on each. */
const maxPages = 50;

/** A page that a visitor sees. */
export const pageOf = async (site: Site, path: string): Promise<string> => htmlOf(await site.send("GET", path));

/** Looks a product up where visitors find it: in the catalogue, and on its own page. Only one with the right key and backend has it. */
export async function findInStorefront(site: Site, { title, handle }: { title: string; handle: string }): Promise<void> {
  const path = `/products/${encodeURIComponent(handle)}`;
  for (let page = 1; ; page++) {
    const html = await pageOf(site, page === 1 ? "/" : `/?page=${page}`);
    if (shows(html, title) && html.includes(`href="${path}"`)) break;
    if (page === maxPages || !/\brel="next"/.test(html)) {
      throw new UserError(
        `the storefront's catalogue does not show "${oneLine(title, 60)}", which the store API sells (${page} ${page === 1 ? "page" : "pages"} seen)`,
        "Does the storefront ask another server, or with another key?",
      );
    }
  }
  if (!shows(await pageOf(site, path), title)) throw new UserError(`${site.url}${path} does not show "${oneLine(title, 60)}"`);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const plain = (html: string) =>
  html.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name = "") =>
    decimal ? String.fromCodePoint(Number(decimal)) : hex ? String.fromCodePoint(parseInt(hex, 16)) : (entities[name.toLowerCase()] ?? whole),
  );
/** Whether a text stands on a page, in whichever way its HTML writes it. */
const shows = (html: string, text: string) => plain(html).includes(text);
