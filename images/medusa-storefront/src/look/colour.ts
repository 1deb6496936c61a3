// Colours that follow from a name alone: each shop its accent, each product its picture.

/** FNV-1a: small, and alike names differ. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const unit of Buffer.from(text)) value = Math.imul(value ^ unit, 0x01000193);
  return value >>> 0;
}

export const hueOf = (text: string): number => hash(text) % 360;

type Rgb = [number, number, number];
export const white: Rgb = [255, 255, 255];
/** Background in dark mode, as in style.css. */
export const night: Rgb = [20, 21, 24];

export const hex = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

/** @param saturation, lightness from 0 to 1 */
export function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const part = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return 255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [part(0), part(8), part(4)];
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

/** The accents of a hue: as text and as a button they are readable, by day on white, by night on dark. */
export function accents(hue: number): { day: Rgb; night: Rgb } {
  const day = (lightness: number): Rgb => (contrast(hsl(hue, 0.6, lightness), white) >= 5.5 ? hsl(hue, 0.6, lightness) : day(lightness - 0.01));
  const dark = (lightness: number): Rgb => (contrast(hsl(hue, 0.7, lightness), night) >= 7 ? hsl(hue, 0.7, lightness) : dark(lightness + 0.01));
  return { day: day(0.5), night: dark(0.6) };
}
