import { useEffect, useRef, type RefObject } from "react";
import { preferencesNow } from "../look/preferences";
import { meaningOf, patience, type Commands } from "./keys";

const takesText = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));

/** Of all that is on the page; what came last counts. They are looked at together: `g c` is no `c`. */
const registered = new Set<RefObject<Commands>>();
let before = { key: "", at: 0 };

document.addEventListener("keydown", (event) => {
  if (preferencesNow().keys === "off" || event.defaultPrevented || document.querySelector("[role=dialog]")) return;
  const commands = Object.assign({}, ...[...registered].map(({ current }) => current)) as Commands;
  const { command, waiting } = meaningOf(event, event.timeStamp - before.at < patience ? before.key : "", takesText(event.target), commands);
  before = { key: waiting, at: event.timeStamp };
  if (!command) return;
  event.preventDefault();
  command();
});

/** Single keys for who wants them. Nothing of it while a dialog is open. */
export function useKeys(commands: Commands): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    registered.add(latest);
    return () => void registered.delete(latest);
  }, []);
}
