import { useEffect, useState } from "react";

const units: [seconds: number, name: string][] = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** `3 d`, `12 min`: in the largest unit that fits. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [size, name] = units.find(([its]) => whole >= its) ?? [1, "s"];
  return `${Math.floor(whole / size)} ${name}`;
}

export const clock = (time: number): string => new Date(time).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
export const exact = (iso: string): string => new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** The time, every so many milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** How long ago; the exact time for who points at it. @param now from `useNow`, one for a whole table */
export const Ago = ({ iso, now, suffix = "" }: { iso: string; now: number; suffix?: string }) => <time dateTime={iso} title={exact(iso)}>{span((now - Date.parse(iso)) / 1000)}{suffix}</time>;
