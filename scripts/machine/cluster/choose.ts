import { variables, type Variables } from "../../../config/variables";
import type { Run } from "../os/run";
import { lookForEngine, patience, type Engine } from "./container-engine";
import { isLoopback } from "./context";

export interface Choice {
  kind: "kind" | "k3d" | "embedded";
  engine?: Engine;
  why: string;
}

/**
 * Chooses a local cluster: kind or k3d where a container engine of this machine really answers, else the embedded one.
 * kubectl's current context is never looked at: whatever it points to was not meant for this.
 */
export async function chooseCluster(run: Run, { DOCKER_HOST }: Variables = variables): Promise<Choice> {
  const [docker, podman] = await Promise.all([dockerAnswers(run, DOCKER_HOST), lookForEngine("podman", run)]);
  const has = async (tool: string) => (await run(tool, ["version"], { timeout: patience })).code === 0;
  if (docker === true) {
    if (await has("kind")) return { kind: "kind", engine: "docker", why: "Docker answers and kind is there" };
    if (await has("k3d")) return { kind: "k3d", engine: "docker", why: "Docker answers and k3d is there" };
    return { kind: "embedded", why: "Docker answers, but neither kind nor k3d is on the PATH" };
  }
  if (podman === true) {
    if (await has("kind")) return { kind: "kind", engine: "podman", why: "Podman answers and kind is there" };
    return { kind: "embedded", why: "Podman answers, but kind is not on the PATH" };
  }
  if (docker === "slow" || podman === "slow") return { kind: "embedded", why: `${docker === "slow" ? "Docker" : "Podman"} did not answer within ${patience / 1000} s` };
  return { kind: "embedded", why: docker || "neither Docker nor Podman answers" };
}

/** True, false, "slow", or the reason why an engine that may well answer is left alone. */
async function dockerAnswers(run: Run, named: string | undefined): Promise<boolean | string> {
  const host = named ?? (await run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], { timeout: patience })).stdout.trim();
  if (host && !isLocalEngine(host)) return `the Docker engine at ${host} is not on this machine`;
  return lookForEngine("docker", run);
}

function isLocalEngine(host: string): boolean {
  if (host.startsWith("unix:") || host.startsWith("npipe:")) return true;
  return URL.canParse(host) && host.startsWith("tcp:") && isLoopback(new URL(host).hostname);
}
