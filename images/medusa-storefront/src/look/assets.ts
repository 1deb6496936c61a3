import { Hono } from "hono";
import script from "asset:../browser/enhance.ts";
import style from "asset:./style.css";
import type { Env } from "../http/context";
import { accents, hash, hex, hsl, hueOf } from "./colour";

/** Part of every address, so that browsers may keep the files for good. */
const version = hash(style + script).toString(36);

export const scriptPath = `/assets/${version}/enhance.js`;
export const stylePath = (shopTitle: string) => `/assets/${version}/style-${hueOf(shopTitle)}.css`;
export const iconPath = (shopTitle: string) => `/assets/${version}/icon-${hueOf(shopTitle)}.svg`;

const files: Record<string, { type: string; content: (hue: number) => string }> = {
  "enhance.js": { type: "text/javascript; charset=utf-8", content: () => script },
  "style.css": { type: "text/css; charset=utf-8", content: themed },
  "icon.svg": { type: "image/svg+xml", content: icon },
};

export const assets = new Hono<Env>().get("/:version/:name", (c) => {
  const [, hue] = /-(\d{1,3})\./.exec(c.req.param("name")) ?? [];
  const file = files[c.req.param("name").replace(`-${hue}.`, ".")];
  if (!file) return c.notFound();
  // While two versions are rolled over, a page of the other one may ask here: what it gets must not be kept.
  c.header("Cache-Control", c.req.param("version") === version ? "public, max-age=31536000, immutable" : "no-store");
  c.header("Vary", "Accept-Encoding");
  return c.body(file.content(Number(hue ?? 0) % 360), 200, { "Content-Type": file.type });
});

function themed(hue: number): string {
  const { day, night } = accents(hue);
  return `:root{--accent-day:${hex(day)};--accent-night:${hex(night)}}\n${style}`;
}

/** A shopping bag in the shop's colour. */
function icon(hue: number): string {
  const colour = hex(hsl(hue, 0.6, 0.45));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="${colour}" d="M5 10h22l2 18a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/><path fill="none" stroke="${colour}" stroke-width="3" d="M10 14V8a6 6 0 0 1 12 0v6"/></svg>`;
}
