import type { Run } from "./run";

/** Container engines, the preferred one first. */
export const engines = ["docker", "podman"] as const;
export type Engine = (typeof engines)[number];

/** Long enough for an engine that is there, short enough not to be waited for. */
export const patience = 3000;

const version: Record<Engine, string> = { docker: "{{.ServerVersion}}", podman: "{{.Version.Version}}" };

/** Whether an engine really answers its client, on this machine or another. */
export async function engineAnswers(engine: Engine, run: Run): Promise<boolean> {
  const info = await run(engine, ["info", "--format", version[engine]], { timeout: patience });
  return info.code === 0 && /^\d/.test(info.stdout.trim());
}
