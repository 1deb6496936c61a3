import { randomInt } from "node:crypto";

/** What a RandomPassword or RandomString is made of, defaults filled in. */
export interface Composition {
  length: number;
  lower: boolean;
  minLower: number;
  upper: boolean;
  minUpper: number;
  numeric: boolean;
  minNumeric: number;
  special: boolean;
  minSpecial: number;
  overrideSpecial: string;
}

const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const upperLetters = lowerLetters.toUpperCase();
const digits = "0123456789";
const specials = "!@#$%&*()-_=+[]{}<>:?";

const draw = (characters: string, count: number): string[] =>
  Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));

/** A random text with at least the asked number of each class; every character and place is drawn without bias. */
export function generate(parts: Composition): string {
  const special = parts.overrideSpecial || specials;
  const all = [
    parts.upper && upperLetters, parts.lower && lowerLetters, parts.numeric && digits, parts.special && special,
  ].filter(Boolean).join("");
  const required = [
    ...draw(digits, parts.minNumeric), ...draw(lowerLetters, parts.minLower),
    ...draw(upperLetters, parts.minUpper), ...draw(special, parts.minSpecial),
  ];
  const characters = [...required, ...draw(all, parts.length - required.length)];
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j] ?? "", characters[i] ?? ""];
  }
  return characters.join("");
}
