import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { writeWhole } from "../os/write-whole";
import type { ProcessRecord } from "../os/process";
import { clusterFolder } from "../paths";
import type { ContainerEngine } from "./container-engine";
import type { ComponentName, Ports } from "./embedded/components";

/** What `cluster.json` in a cluster's folder says: which kind was chosen and why, and what of ours runs. */
export interface ClusterRecord {
  kind: "context" | "kind" | "k3d" | "embedded";
  why: string;
  context: string;
  kubeconfig: string;
  /** The container engine of kind and k3d. */
  engine?: ContainerEngine;
  /** Host ports of the ingress on kind and k3d. */
  ingressPorts?: { http: number; https: number };
  /** Embedded only. */
  ports?: Ports;
  processes?: Partial<Record<ComponentName, ProcessRecord>>;
  version?: string;
}

const recordFile = (name: string) => join(clusterFolder(name), "cluster.json");

/** Whether anything was brought up under this name, and not let go of. */
export const hasRecord = (name: string) => existsSync(recordFile(name));

export function readRecord(name: string): ClusterRecord | undefined {
  const file = recordFile(name);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ClusterRecord;
  } catch {
    throw new UserError(`${file} is damaged`, `${storesCommand("cluster reset")} starts anew.`);
  }
}

export function writeRecord(name: string, record: ClusterRecord): void {
  writeWhole(recordFile(name), JSON.stringify(record, null, 2), { ofUserAlone: true });
}

export const forgetRecord = (name: string) => rmSync(recordFile(name), { force: true });
