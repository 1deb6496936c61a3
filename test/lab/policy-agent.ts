import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "../e2e/helpers/go-program";

/**
 * What the lab lacks: an agent that enforces network policies, kube-router's firewall alone, as a process beside the kubelet. Built once,
 * some 20 minutes on two cores.
 */
export class PolicyAgent {
  private readonly program = goProgram("github.com/cloudnativelabs/kube-router/v2", "2.1.0", "cmd/kube-router");
  private agent?: ChildProcess;

  /** @param folder where it logs */
  constructor(private readonly folder: string) {
    try {
      execFileSync("ipset", ["version"], { stdio: "ignore" });
    } catch {
      execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
      execFileSync("apt-get", ["install", "-yqq", "--no-install-recommends", "ipset"], { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    }
  }

  /** It takes some seconds until the first rules are there. */
  start(): void {
    const log = openSync(join(this.folder, "policy-agent.log"), "a");
    const flags = {
      kubeconfig: process.env.KUBECONFIG, "hostname-override": "lab", "service-cluster-ip-range": "10.96.0.0/16",
      "run-firewall": true, "run-router": false, "run-service-proxy": false, "run-loadbalancer": false, "enable-cni": false,
      "health-port": 0, "metrics-port": 0,
    };
    this.agent = spawn(this.program, Object.entries(flags).map(([name, value]) => `--${name}=${value}`), { stdio: ["ignore", log, log] });
  }

  /** Ends it, and takes its rules away. */
  async stop(): Promise<void> {
    const { agent } = this;
    if (!agent || agent.exitCode !== null) return;
    const ended = new Promise((resolve) => agent.once("exit", resolve));
    agent.kill("SIGTERM");
    await ended;
    // Its own --cleanup-config wants IPVS, which this kernel need not have.
    execFileSync("bash", ["-euo", "pipefail", "-c", cleanUp]);
  }
}

/** Takes its chains out of the filter tables, and its sets away. */
const cleanUp = `
for tables in iptables ip6tables; do $tables-save -t filter | { grep -vE 'KUBE-(ROUTER|POD-FW|NWPLCY)' || true; } | $tables-restore -T filter; done
ipset list -n | { grep -E '^(inet6:)?(KUBE-|kube-router-)' || true; } | while read -r set; do ipset destroy "$set"; done`;
