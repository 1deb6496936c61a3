import { useEffect, useRef } from "react";
import { usePreferences } from "../look/preferences";
import { meaningOf, patience, type Commands } from "./keys";

const takesText = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));

/** Single keys for who wants them. Nothing of it while a dialog is open. */
export function useKeys(commands: Commands): void {
  const { keys } = usePreferences();
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    if (keys === "off") return;
    let before = { key: "", at: 0 };
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("[role=dialog]")) return;
      const { command, waiting } = meaningOf(event, event.timeStamp - before.at < patience ? before.key : "", takesText(event.target), latest.current);
      before = { key: waiting, at: event.timeStamp };
      if (!command) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [keys]);
}
