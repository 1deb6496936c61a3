import { hash, hex, hsl } from "./colour";

/** Stands in for a product's photo: always the same for one product, different from its neighbours. */
export function Art({ seed, title }: { seed: string; title: string }) {
  const value = hash(seed);
  const hue = value % 360;
  const at = (shift: number, from: number, to: number) => from + ((value >>> shift) % (to - from));
  const id = `art-${value.toString(36)}`;
  return (
    <svg class="picture" viewBox="0 0 400 400" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <linearGradient id={id} x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color={hex(hsl(hue, 0.55, 0.86))} />
        <stop offset="1" stop-color={hex(hsl((hue + 40) % 360, 0.5, 0.72))} />
      </linearGradient>
      <rect width="400" height="400" fill={`url(#${id})`} />
      <circle cx={at(3, 40, 360)} cy={at(8, 40, 360)} r={at(13, 90, 170)} fill={hex(hsl((hue + 20) % 360, 0.6, 0.92))} opacity="0.55" />
      <circle cx={at(5, 40, 360)} cy={at(11, 40, 360)} r={at(16, 50, 120)} fill={hex(hsl((hue + 330) % 360, 0.5, 0.62))} opacity="0.35" />
      <text x="200" y="200" text-anchor="middle" dominant-baseline="central" font-size="88" font-weight="500" fill={hex(hsl(hue, 0.45, 0.28))} opacity="0.7">
        {initials(title)}
      </text>
    </svg>
  );
}

/** First characters of the first two words, as a reader sees them, emoji included. */
function initials(title: string): string {
  const words = title.split(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}\u{200d}\u{fe0f}]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...segmenter.segment(word)][0]!.segment.toUpperCase()).join("");
}
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The product's photo, or its stand-in. Names are next to it on every page, so it says nothing of its own. */
export function Picture({ image, seed, title, eager }: { image?: string; seed: string; title: string; eager?: boolean }) {
  if (!image) return <Art seed={seed} title={title} />;
  return <img class="picture" src={image} alt="" width="400" height="400" loading={eager ? "eager" : "lazy"} decoding="async" />;
}
