import { stranger, type Caller } from "./caller";
import { Problem } from "./problem";

/** Where this server answers. */
export class Place {
  private readonly local: string[];
  /** By host. */
  private readonly behind: Map<string, string>;

  /** @param origins others that lead here, through a proxy */
  constructor(port: number, origins: readonly string[] = []) {
    this.local = ["127.0.0.1", "localhost", "[::1]"].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
    this.behind = new Map(origins.map((origin) => [new URL(origin).host, origin]));
  }

  /**
   * The origin that a request was sent to. A name that is none of ours is refused: somebody else's, that was made to lead here, would
   * let a page of theirs read what we answer.
   */
  originOf(request: Request): string {
    const host = request.headers.get("host")?.toLowerCase() ?? "";
    if (this.local.includes(host)) return `http://${host}`;
    const behind = this.behind.get(host);
    if (behind !== undefined) return behind;
    throw new Problem("host", `this server does not answer for "${host}"`, { hint: `Ask for http://${this.local[0]}, or start it with --behind ORIGIN.` });
  }
}

/** Refuses a path that could be read in two ways, as it was sent. */
export function requirePlainPath(sent: string): void {
  const path = sent.split("?")[0] as string;
  if (!path.startsWith("/") || /\/\/|%2e|%2f|%5c|%00|[\\\0]|\/\.\.?(\/|$)/i.test(path)) throw new Problem("not-found", "there is nothing at such a path");
}

/**
 * Refuses what a page of another site made a browser send. A token in a header was put there on purpose; a cookie comes by itself, so it
 * takes a word of the browser about where the request is from, and a header that no other site's page can send.
 */
export function requireOwnSite(request: Request, origin: string, { id, name, by }: Caller): void {
  const [from, site, own] = ["origin", "sec-fetch-site", "x-storefleet"].map((name) => request.headers.get(name));
  const refuse = (detail: string): never => {
    throw new Problem("cross-site", detail, { denied: id === "" ? stranger : { id, name } });
  };
  if (from && from !== origin) refuse(`it was sent by a page of ${from}`);
  if (by !== "cookie") return;
  if (!from && site !== "same-origin") refuse("nothing says that it was sent by a page of this server");
  if (own !== "1") refuse("the header X-Storefleet: 1 is missing");
}
