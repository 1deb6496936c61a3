import { z } from "zod";
import { operationParams, storeParams } from "../contract";
import { Problem } from "../http/problem";
import { nothing, reply, route, type Route } from "../http/route";
import { sent } from "../http/site";

const bytes = z.custom<Uint8Array<ArrayBuffer>>();
/** A name that the build gives: nothing else is looked for. */
const assetParams = z.strictObject({ file: z.string().max(120).regex(/^[\w-]+(\.[\w-]+)+$/, "no name of a file") });

/** Addresses of the dashboard: each gets its one page, which then looks at the address. Neither has data in it. */
const pages: [path: `/${string}`, params: z.ZodType | undefined, summary: string][] = [
  ["/", undefined, "The dashboard: the fleet"],
  ["/stores/{id}", storeParams, "The dashboard: a store"],
  ["/changes", undefined, "The dashboard: what an apply would change"],
  ["/operations", undefined, "The dashboard: what was done"],
  ["/operations/{id}", operationParams, "The dashboard: an operation"],
  ["/audit", undefined, "The dashboard: the audit trail"],
];

export const siteRoutes: readonly Route[] = [
  ...pages.map(([path, params, summary]) =>
    route({
      method: "get", path, scope: "none", page: true, summary,
      params, heeds: ["If-None-Match"],
      answers: { 200: { type: "text/html", schema: bytes }, 304: nothing },
      handler({ header }, { site }) {
        if (!site.page) throw new Problem("not-found", "this server has no dashboard", { hint: "What there is: /docs" });
        const { body, headers } = sent(site.page, header("accept-encoding"));
        return reply(200, body, { headers: { ...headers, "cache-control": "no-cache" }, tag: site.page.digest });
      },
    }),
  ),
  route({
    method: "get", path: "/assets/{file}", scope: "none", page: true, summary: "What the dashboard's page is made of",
    params: assetParams,
    answers: { 200: { type: "application/octet-stream", schema: bytes } },
    handler({ params: { file }, header }, { site }) {
      const found = site.assets.get(file);
      if (!found) throw new Problem("not-found", "there is no such file");
      const { body, headers } = sent(found, header("accept-encoding"));
      return reply(200, body, { headers: { ...headers, "cache-control": "public, max-age=31536000, immutable" } });
    },
  }),
];
