import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../../../config/errors";
import { storesCommand } from "../../../../config/stores-command";
import { Kube } from "../../../../kube";
import { words } from "../../foreign-words";
import { endProcesses, isAlive, startDetached, type ProcessRecord } from "../../os/process";
import { clusterFolder } from "../../paths";
import { readRecord, writeRecord, type ClusterRecord } from "../cluster-record";
import { freePorts, isListening } from "../ports";
import { certificatesAreFresh, writeCertificates, type Client } from "./certificates";
import {
  commandLines, componentNames, kwokConfiguration, layout, schedulerConfiguration, type ComponentName, type Ports,
} from "./components";
import { writeKubeconfig } from "./kubeconfig";
import { eventually, isWorking, seed } from "./seed";

export type Binaries = (tools: readonly ComponentName[]) => Promise<Record<ComponentName, string>>;

const startTimeout = 60_000;
/** Milliseconds for an answer of an API server on this machine. */
const patience = 5000;
const attempts = 3;

/** Another process took a port between our choice and its use. */
class PortTaken extends Error {}

/** Starts the control plane, or finds it running, or repairs it. Callers hold the cluster's lock. */
export async function embeddedUp(name: string, why: string, binaries: Binaries, log: (line: string) => void): Promise<void> {
  const folder = clusterFolder(name);
  const paths = layout(folder);
  const before = readRecord(name);
  const state = componentNames.map((component) => ({ component, alive: isRunning(before, component) }));
  const fresh = certificatesAreFresh(paths.pki);
  if (fresh && state.every(({ alive }) => alive) && (await (await Kube.open(paths.kubeconfig, undefined, patience)).isReady())) {
    return log(`embedded cluster ${name} is already running`);
  }
  if (state.some(({ alive }) => alive)) {
    const missing = state.filter(({ alive }) => !alive).map(({ component }) => component);
    log(`embedded cluster ${name} is ${missing.length ? `half there (${missing.join(", ")} missing)` : "not well"}: starting it again`);
    await endComponents(before);
  }

  const started = Date.now();
  const programs = await binaries(componentNames);
  for (const one of [folder, paths.config, paths.data, paths.logs]) mkdirSync(one, { recursive: true, mode: 0o700 });
  if (!fresh) await writeCertificates(paths.pki);

  for (let attempt = 1; ; attempt++) {
    const [etcd, api, kubelet] = (await freePorts([before?.ports?.etcd, before?.ports?.api, before?.ports?.kubelet])) as [number, number, number];
    const record: ClusterRecord = {
      kind: "embedded", why, context: `storefleet-${name}`, kubeconfig: paths.kubeconfig,
      ports: { etcd, api, kubelet }, processes: {}, version: before?.version,
    };
    try {
      await start(name, record, record.ports!, programs);
      log(`embedded cluster ${name} is ready (Kubernetes ${record.version}, ${((Date.now() - started) / 1000).toFixed(1)} s)`);
      return;
    } catch (error) {
      await endComponents(record);
      if (!(error instanceof PortTaken) || attempt === attempts) throw error;
      log(`${error.message}: trying other ports`);
    }
  }
}

async function start(name: string, record: ClusterRecord, ports: Ports, programs: Record<ComponentName, string>): Promise<void> {
  const folder = clusterFolder(name);
  const { pki, config, kubeconfig, logs } = layout(folder);
  const server = `https://127.0.0.1:${ports.api}`;
  writeKubeconfig(kubeconfig, record.context, server, pki, "admin");
  for (const client of ["controller-manager", "scheduler", "kwok"] satisfies Client[]) {
    writeKubeconfig(join(config, `${client}.kubeconfig`), client, server, pki, client);
  }
  const write = (file: string, text: string) => writeFileSync(join(config, file), text, { mode: 0o600 });
  write("scheduler.yaml", stringify(schedulerConfiguration(folder)));
  write("kwok.yaml", kwokConfiguration(folder, ports).map((document) => stringify(document, { lineWidth: 0 })).join("---\n"));
  write("container.log", `${new Date().toISOString()} stdout F This container is simulated: nothing runs, so nothing is logged.\n`);

  const lines = commandLines(folder, ports);
  const begin = (component: ComponentName) => {
    record.processes![component] = startDetached(programs[component], lines[component], join(logs, `${component}.log`), folder);
    writeRecord(name, record); // at once: whatever happens next, `down` knows of it
  };
  const deadline = Date.now() + startTimeout;
  const waitFor = (what: string, attempt: () => Promise<true | undefined>) =>
    eventually(what, deadline, async () => {
      for (const component of componentNames) {
        if (record.processes![component] && !isRunning(record, component)) return component;
      }
      return attempt();
    }).then((answer) => {
      if (answer !== true) throw endedAtOnce(answer, join(logs, `${answer}.log`));
    });

  begin("etcd");
  await waitFor("etcd does not answer", async () => ((await isListening(ports.etcd)) ? true : undefined));
  begin("kube-apiserver");
  const kube = await Kube.open(kubeconfig, undefined, patience);
  await waitFor("its API server does not answer", async () => ((await kube.isReady()) ? true : undefined));
  begin("kube-controller-manager");
  begin("kube-scheduler");

  await seed(kube, ports.kubelet, deadline);
  begin("kwok");
  await waitFor("its controllers or nodes do not work", async () => ((await isWorking(kube)) ? true : undefined));
  record.version = (JSON.parse(await kube.text("/version")) as { gitVersion: string }).gitVersion;
  writeRecord(name, record);
}

/** Says what a program that ended said last. */
function endedAtOnce(component: ComponentName, logFile: string): Error {
  const text = existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd() : "";
  if (words.go.addressInUse.test(text)) return new PortTaken(`a port of ${component} was taken meanwhile`);
  return new UserError(
    `${component} of the embedded cluster ended while starting. Its last words (${logFile}):\n${text.split("\n").slice(-5).join("\n")}`,
    `If its data is damaged, start anew: ${storesCommand("cluster reset")}`,
  );
}

export function isRunning(record: ClusterRecord | undefined, component: ComponentName): boolean {
  const one = record?.processes?.[component];
  return one !== undefined && isAlive(one);
}

/** Ends the control plane, the store last. Callers hold the cluster's lock. */
export async function endComponents(record: ClusterRecord | undefined): Promise<void> {
  const { etcd, ...others } = record?.processes ?? {};
  const known = (all: (ProcessRecord | undefined)[]) => all.filter((one): one is ProcessRecord => one !== undefined);
  await endProcesses(known(Object.values(others)), 3000);
  await endProcesses(known([etcd]), 5000);
}
