import type { Provider } from "./provider";

/**
 * Ends the plugin together with the engine. A signal cancels what is under way first. A parent that is gone
 * without one crashed: nothing that it started may go on, and nothing is tidied up, as the real plugin, which
 * runs helm inside itself, could not either.
 */
export function endWithParent(provider: Provider): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void provider.cancel().finally(() => process.exit(0)));
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    provider.kill();
    process.exit(1);
  }, 500).unref();
  process.on("exit", () => provider.kill());
}
