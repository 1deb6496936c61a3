import type { Run } from "../os/run";

/** Container engines, the preferred one first. */
export const engines = ["docker", "podman"] as const;
export type ContainerEngine = (typeof engines)[number];

/** Milliseconds. One that is not there says so at once; one that just starts, or is on a busy machine, is worth waiting for. */
export const patience = 20_000;

const version: Record<ContainerEngine, string> = { docker: "{{.ServerVersion}}", podman: "{{.Version.Version}}" };

/** Whether an engine really answers its client, on this machine or another; "slow" if it did not say so in time. */
export async function lookForEngine(engine: ContainerEngine, run: Run): Promise<boolean | "slow"> {
  const info = await run(engine, ["info", "--format", version[engine]], { timeout: patience });
  if (info.code === 124) return "slow";
  return info.code === 0 && /^\d/.test(info.stdout.trim());
}

export const engineAnswers = async (engine: ContainerEngine, run: Run) => (await lookForEngine(engine, run)) === true;

/** The preferred one of those that answer. */
export async function firstEngine(run: Run): Promise<ContainerEngine | undefined> {
  for (const engine of engines) if (await engineAnswers(engine, run)) return engine;
  return undefined;
}

/** Whether an engine binds ports below 1024 where we may not: Docker's own service does; what runs as its user may no more than we. */
export async function bindsLowPorts(engine: ContainerEngine, run: Run): Promise<boolean> {
  if (engine === "podman") return false;
  const info = await run(engine, ["info", "--format", "{{.SecurityOptions}}"], { timeout: patience });
  return info.code === 0 && !info.stdout.includes("name=rootless");
}
