import { firstLine } from "../../../config/first-line";
import type { Progress } from "../../operations/scope";
import { err } from "./colours";

/** A store's steps reach a log this far apart, in milliseconds. */
const logInterval = 5000;

/**
 * Progress on standard error, so that standard output stays for results. A terminal gets a line for each store that
 * ended and one live line for those under way; a log gets a line when a store begins, when it ends, and now and then
 * in between, each with time and count.
 */
export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const live = stream.isTTY === true;
  const running = new Map<string, string>();
  const logged = new Map<string, number>();
  const started = Date.now();
  let [done, total] = [0, 0];
  let drawn = false;
  let timer: NodeJS.Timeout | undefined;

  /** `12:00:05Z 12/200 ` in a log; a terminal has the count in its live line. */
  const stamp = () => (live ? "" : `${new Date().toISOString().slice(11, 19)}Z ${done}/${total} `);
  const erase = () => {
    if (drawn) stream.write("\r\x1b[2K");
    drawn = false;
  };
  const draw = () => {
    erase();
    if (!live || running.size === 0) return;
    const seconds = Math.round((Date.now() - started) / 1000);
    const stores = [...running].map(([store, text]) => `${store}: ${text}`).join(" · ");
    const line = firstLine(`${done}/${total} ${seconds}s  ${stores}`, Math.max(20, (stream.columns ?? 80) - 1));
    stream.write(err.dim(line));
    drawn = true;
  };
  return {
    begin(count) {
      total = count;
      if (live) timer = setInterval(draw, 250).unref();
    },
    step(store, text) {
      running.set(store, text);
      if (live) return draw();
      if (Date.now() - (logged.get(store) ?? 0) < logInterval) return;
      logged.set(store, Date.now());
      stream.write(`${stamp()}${store}: ${text}\n`);
    },
    end(store, text, failed) {
      running.delete(store);
      done += 1;
      erase();
      const mark = failed ? err.red("✗") : err.green("✓");
      stream.write(`${stamp()}${mark} ${store} ${failed ? text : err.dim(text)}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}
