import { execFile, execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import type { Lab } from "./lab";

/** Addresses of nobody's, which this machine answers at meanwhile: what a store must not reach outside its cluster, and what it may. */
export const outside = { metadata: "169.254.169.254", lan: "10.99.0.7", public: "203.0.113.7" } as const;
const outsidePort = 8443;

/** Listens at them. */
export class Outside {
  private readonly servers: Server[] = [];

  async open(): Promise<void> {
    for (const address of Object.values(outside)) {
      execFileSync("ip", ["address", "replace", `${address}/32`, "dev", "lo"]);
      const server = createServer((socket) => socket.end()).unref();
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(outsidePort, address, resolve));
      this.servers.push(server);
    }
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const address of Object.values(outside)) execFileSync("ip", ["address", "delete", `${address}/32`, "dev", "lo"]);
  }
}

/** A pod by its namespace and labels. */
export interface Place {
  namespace: string;
  labels: string;
}

/** Where a connection leads: a pod's port, or an address of `outside` or of the node. */
export type Target = { pod: Place; port: number } | { address: string; port: number };

export const outsideAt = (where: keyof typeof outside): Target => ({ address: outside[where], port: outsidePort });

/** Opens connections out of pods' own network namespaces, from the node: whatever their images hold. */
export class Connections {
  constructor(private readonly lab: Lab) {}

  /** Whether a connection comes about within two seconds. */
  async reaches(from: Place, to: Target): Promise<boolean> {
    const [{ container }, address] = await Promise.all([this.pod(from), "pod" in to ? this.pod(to.pod).then(({ ip }) => ip) : to.address]);
    const namespace = `--net=/proc/${this.processOf(container)}/ns/net`;
    return new Promise((resolve) => execFile("nsenter", [namespace, "timeout", "2", "bash", "-c", `exec 3<>/dev/tcp/${address}/${to.port}`], (error) => resolve(error === null)));
  }

  private async pod({ namespace, labels }: Place): Promise<{ ip: string; container: string }> {
    const found = JSON.parse(await this.lab.kubectl("--namespace", namespace, "get", "pods", "--selector", labels, "--field-selector=status.phase=Running", "--output=json")) as {
      items: { metadata: { deletionTimestamp?: string }; status: { podIP: string; containerStatuses: { containerID: string }[] } }[];
    };
    const [pod] = found.items.filter(({ metadata }) => !metadata.deletionTimestamp);
    if (!pod) throw new Error(`no pod of ${labels} runs in ${namespace}`);
    return { ip: pod.status.podIP, container: pod.status.containerStatuses[0]!.containerID.replace(/^containerd:\/\//, "") };
  }

  private processOf(container: string): string {
    const socket = `${process.env.STORE_LAB_RUN ?? "/run/store-lab"}/containerd.sock`;
    const tasks = execFileSync("ctr", ["--address", socket, "--namespace", "k8s.io", "tasks", "ls"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const pid = tasks.split("\n").find((line) => line.startsWith(container))?.trim().split(/\s+/)[1];
    if (!pid) throw new Error(`container ${container} has no process on this node`);
    return pid;
  }
}
