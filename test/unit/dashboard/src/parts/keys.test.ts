import assert from "node:assert/strict";
import { meaningOf, type Commands } from "../../../../../dashboard/src/parts/keys";

describe("keys", () => {
  let done: string[];
  const commands: Commands = Object.fromEntries(["c", "/", "g f", "g c"].map((keys) => [keys, () => done.push(keys)]));
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  /** The commands that these keys carry out. */
  function press(keys: string[], typing = false, more: Partial<typeof none> = {}): string[] {
    done = [];
    let before = "";
    for (const key of keys) {
      const { command, waiting } = meaningOf({ key, ...none, ...more }, before, typing, commands);
      command?.();
      before = waiting;
    }
    return done;
  }

  it("are commands, one or two of them", () => {
    assert.deepEqual([press(["c"]), press(["g", "f"]), press(["g", "c"]), press(["c", "c"])], [["c"], ["g f"], ["g c"], ["c", "c"]]);
  });

  it("mean nothing where they lead nowhere, and the next begins anew", () => {
    assert.deepEqual([press(["g"]), press(["f"]), press(["g", "x", "f"]), press(["g", "g", "f"]), press(["g", "/", "f"])], [[], [], [], ["g f"], ["/"]]);
  });

  it("are text where text is typed, and the browser's with Ctrl, Alt or Meta", () => {
    assert.deepEqual(press(["c", "/"], true), []);
    for (const held of ["ctrlKey", "metaKey", "altKey"] as const) assert.deepEqual(press(["c"], false, { [held]: true }), []);
  });
});
