import { duration, secondsOnly } from "./table";

const minute = 60_000;

/** Whether what a person has before them is how things are. Says what keeps from that at once and every minute, with the age of what stands there. */
export function sightOf(say: (text: string) => void) {
  let seen: number | undefined;
  let said: { why: string; at: number } | undefined;
  const line = (text: string) => say(`${secondsOnly(new Date())} ${text}`);
  return {
    clear(): void {
      if (said) line("known again");
      [seen, said] = [Date.now(), undefined];
    },
    lost(why: string): void {
      const now = Date.now();
      if (said?.why === why && now - said.at < minute) return;
      said = { why, at: now };
      line(`not known now: ${why} (${seen === undefined ? "nothing was seen yet" : `what stands above is ${duration(Math.round((now - seen) / 1000))} old`})`);
    },
  };
}
