/** What somebody pressed, as far as it matters. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Commands by keys: `c`, or two after each other, `g f`. */
export type Commands = Readonly<Record<string, () => void>>;

/** Milliseconds for the second of two keys. */
export const patience = 1_000;

/**
 * What a key means, given the one before it.
 * @param typing whether it is for a field that takes text
 * @returns the command to carry out, and the first of two keys that it may be
 */
export function meaningOf({ key, ctrlKey, metaKey, altKey }: Pressed, before: string, typing: boolean, commands: Commands): { command?: () => void; waiting: string } {
  if (ctrlKey || metaKey || altKey || typing) return { waiting: "" };
  const command = (before && commands[`${before} ${key}`]) || commands[key];
  if (command) return { command, waiting: "" };
  return { waiting: Object.keys(commands).some((it) => it.startsWith(`${key} `)) ? key : "" };
}
