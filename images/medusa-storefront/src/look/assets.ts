import { Hono } from "hono";
import script from "asset:../browser/enhance.ts";
import style from "asset:./style.css";
import type { Env } from "../http/context";
import { hash, hex, theme, type Mode } from "./colour";

/** Part of every address, so that browsers may keep the files for good; the colour ("#0a7d5c") is another. */
const version = hash(style + script).toString(36);

export const scriptPath = `/assets/${version}/enhance.js`;
export const stylePath = (colour: string) => `/assets/${version}/style-${colour.slice(1)}.css`;
export const iconPath = (colour: string) => `/assets/${version}/icon-${colour.slice(1)}.svg`;

const files: Record<string, { type: string; content: (colour: string) => string }> = {
  "enhance.js": { type: "text/javascript; charset=utf-8", content: () => script },
  "style.css": { type: "text/css; charset=utf-8", content: (colour) => `:root{${properties(colour, "day")}${properties(colour, "night")}}\n${style}` },
  "icon.svg": { type: "image/svg+xml", content: icon },
};

export const assets = new Hono<Env>().get("/:version/:name", (c) => {
  const [, name, digits = "000000", extension] = /^([a-z]+)(?:-([0-9a-f]{6}))?(\.[a-z]+)$/.exec(c.req.param("name")) ?? [];
  const file = files[`${name}${extension}`];
  if (!file) return c.notFound();
  // While two versions are rolled over, a page of the other one may ask here: what it gets must not be kept.
  c.header("Cache-Control", c.req.param("version") === version ? "public, max-age=31536000, immutable" : "no-store");
  c.header("Vary", "Accept-Encoding");
  return c.body(file.content(`#${digits}`), 200, { "Content-Type": file.type });
});

function properties(colour: string, mode: Mode): string {
  const { accent, fill, onFill } = theme(colour, mode);
  return `--accent-${mode}:${hex(accent)};--fill-${mode}:${hex(fill)};--on-fill-${mode}:${hex(onFill)};`;
}

/** A shopping bag on the shop's colour. */
function icon(colour: string): string {
  const { fill, onFill } = theme(colour, "day");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${hex(fill)}"/><g fill="none" stroke="${hex(onFill)}" stroke-width="2.4" stroke-linejoin="round"><path d="M8.5 12h15l1.2 13H7.3z"/><path d="M12 12V10a4 4 0 0 1 8 0v2"/></g></svg>`;
}
