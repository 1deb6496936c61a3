// The shop's colour made readable, and colours that follow from a name alone.

/** FNV-1a: small, and alike names differ. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const unit of Buffer.from(text)) value = Math.imul(value ^ unit, 0x01000193);
  return value >>> 0;
}

export type Rgb = [number, number, number];
const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];

export const parse = (colour: string): Rgb => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as Rgb;
export const hex = (rgb: Rgb): string => `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** @param saturation, lightness from 0 to 1 */
export function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const part = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4)];
}

/** Hue from 0 to 360, saturation and lightness from 0 to 1. */
function toHsl(rgb: Rgb): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => part / 255);
  const max = Math.max(red, green, blue);
  const range = max - Math.min(red, green, blue);
  const lightness = max - range / 2;
  if (range === 0) return [0, 0, lightness];
  const sector = max === red ? (green - blue) / range : max === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return [(sector * 60 + 360) % 360, range / (1 - Math.abs(2 * lightness - 1)), lightness];
}

/** Contrast of two colours as WCAG defines it, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** What lies behind texts, and the texts themselves, as in style.css. */
export const modes = {
  day: { grounds: [[255, 255, 255], [246, 246, 247]], text: [26, 27, 30] },
  night: { grounds: [[20, 21, 24], [31, 33, 37]], text: [238, 239, 241] },
} satisfies Record<string, { grounds: Rgb[]; text: Rgb }>;
export type Mode = keyof typeof modes;

/** The shop's colour as it is used: for links, marks and outlines, and behind the words of buttons. */
export interface Theme {
  accent: Rgb;
  fill: Rgb;
  onFill: Rgb;
}

/** Readable whatever the colour is: it is kept where it can be, else made darker or lighter until it reads. */
export function theme(colour: string, mode: Mode): Theme {
  const fill = standOut(parse(colour), mode, 1.3);
  return { accent: standOut(parse(colour), mode, 4.5), fill, onFill: contrast(fill, white) >= 4.5 ? white : black };
}

/** A shop that names no colour has one of these. */
const palette = ["#1f5fbf", "#0b6a70", "#1d7040", "#6440c0", "#a02c6c", "#b0362b", "#9c450f", "#3a48a8", "#0a6386", "#7b3c98", "#496617", "#8c2f4b"];
export const colourOf = (title: string): string => palette[hash(title) % palette.length]!;

/** The nearest lightness that has at least this contrast. A grey has no colour to keep: where it does not read, it gives way to that of texts. */
function standOut(colour: Rgb, mode: Mode, least: number): Rgb {
  const { grounds, text } = modes[mode];
  const [hue, saturation, lightness] = toHsl(colour);
  const grey = saturation < 0.08;
  const step = mode === "day" ? -0.01 : 0.01;
  for (let at = lightness, tried = colour; ; at += step, tried = hsl(hue, saturation, at)) {
    if (grounds.every((ground) => contrast(tried, ground) >= (grey ? 4.5 : least))) return tried;
    if (grey || at < 0 || at > 1) return text;
  }
}
