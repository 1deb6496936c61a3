import { UserError } from "../../../config/errors";
import { firstLine } from "../../../config/first-line";
import { variables, type Variables } from "../../../config/variables";
import type { Run } from "../os/run";
import { lookForEngine, patience, type ContainerEngine } from "./container-engine";
import { isLoopback } from "./context";

/** Milliseconds that an engine which is there, but says nothing, may take to start, such as Docker Desktop after a login. */
const longPatience = 6 * patience;

export interface Choice {
  kind: "kind" | "k3d" | "embedded";
  engine?: ContainerEngine;
  why: string;
  /** kind is there because it was fetched for this: nobody asked for it by installing it. */
  fetched?: true;
}

export interface ChoiceOptions {
  variables?: Variables;
  /** Gets kind where neither it nor k3d is on the PATH; throws a UserError where it can not be had. Absent: it is taken for had. */
  fetchKind?: () => Promise<unknown>;
  /** Told when an engine takes long. Absent: it is not waited for beyond one look. */
  log?: (line: string) => void;
}

/**
 * Chooses a local cluster: kind or k3d where a container engine of this machine really answers, else the embedded one.
 * kubectl's current context is never looked at: whatever it points to was not meant for this.
 */
export async function chooseCluster(run: Run, { variables: { DOCKER_HOST } = variables, fetchKind, log }: ChoiceOptions = {}): Promise<Choice> {
  const [docker, podman] = await Promise.all([dockerAnswers(run, DOCKER_HOST, log), lookForEngine("podman", run)]);
  const has = async (tool: string) => (await run(tool, ["version"], { timeout: patience })).code === 0;
  const engine = docker === true ? "docker" : podman === true ? "podman" : undefined;
  if (engine === undefined) {
    if (docker === "slow" || podman === "slow") return { kind: "embedded", why: `${docker === "slow" ? "Docker" : "Podman"} did not answer within ${(docker === "slow" && log ? longPatience : patience) / 1000} s` };
    return { kind: "embedded", why: typeof docker === "string" ? docker : "neither Docker nor Podman answers" };
  }
  const answers = `${engine === "docker" ? "Docker" : "Podman"} answers`;
  if (await has("kind")) return { kind: "kind", engine, why: `${answers} and kind is there` };
  if (engine === "docker" && (await has("k3d"))) return { kind: "k3d", engine, why: "Docker answers and k3d is there" };
  const missing = engine === "docker" ? "neither kind nor k3d is on the PATH" : "kind is not on the PATH";
  try {
    await fetchKind?.();
    return { kind: "kind", engine, why: `${answers}; kind is this project's own, since ${missing}`, fetched: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "embedded", why: `${answers}, but ${missing}, and it can not be had: ${firstLine(error.message, 160)}` };
  }
}

/** True, false, "slow", or the reason why an engine that may well answer is left alone. */
async function dockerAnswers(run: Run, named: string | undefined, log?: (line: string) => void): Promise<boolean | string> {
  const host = named ?? (await run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], { timeout: patience })).stdout.trim();
  if (host && !isLocalEngine(host)) return `the Docker engine at ${host} is not on this machine`;
  let answer = await lookForEngine("docker", run);
  if (answer !== "slow" || !log) return answer;
  log(`Docker does not answer yet: waiting for it, up to ${longPatience / 1000} s in all`);
  for (let looks = 1; answer === "slow" && looks < longPatience / patience; looks++) answer = await lookForEngine("docker", run);
  return answer;
}

function isLocalEngine(host: string): boolean {
  if (host.startsWith("unix:") || host.startsWith("npipe:")) return true;
  return URL.canParse(host) && host.startsWith("tcp:") && isLoopback(new URL(host).hostname);
}
