import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { namespaceOf } from "../../../config/names";
import { projectRoot } from "../../../config/root";
import type { KubeObject } from "../../../kube";
import { storeDigest } from "../../../stores/digest";
import { annotations } from "../../../stores/labels";
import { listedStores } from "../../../stores/listed";
import { clusterStatus } from "../../machine/cluster/status";
import { forEachLimited } from "../../machine/os/limited";
import { clusterName } from "../../machine/paths";
import { closeArena, openArena, writeList, type Arena, type Entry } from "./arena";
import { measure, type Measurement } from "./measure";

const env = "local";

/** What a command costs that looks at a fleet in which nothing is to be done. */
export interface Look {
  command: string;
  runs: Measurement[];
}

/** A plan with changes ends with a code that counts as a failure here: then the copies are none. */
const commands = [["status"], ["plan", "--detailed-exitcode"], ["metrics"], ["apply"]];

/** The stores whose objects are copied: one of each engine, every fourth copy a Medusa shop. */
const patterns = (["woocommerce", "medusa"] as const).map((engine): Entry => ({ name: `pattern-${engine}`, engine, title: "Pattern" }));
const patternOf = (index: number) => patterns[index % 4 === 3 ? 1 : 0]!;

/** What a look reads of a store; pods are looked at only where something is wrong. */
const kinds = [["/api/v1", "ConfigMap", "configmaps"], ["/apis/apps/v1", "Deployment", "deployments"], ["/apis/apps/v1", "StatefulSet", "statefulsets"], ["/apis/networking.k8s.io/v1", "Ingress", "ingresses"]] as const;

/**
 * Looks at a fleet that no embedded cluster could bring up in an hour: two stores are applied, and their objects copied under the
 * names and digests that the list's stores would have. Nothing controls the copies, so the cluster's controllers are stopped before.
 */
export async function lookAtRest(stores: number, runs: number, signal: AbortSignal, say: (text: string) => void): Promise<Look[]> {
  say("starting a fresh cluster");
  const arena = await openArena(signal, () => undefined);
  let stopped: number[] = [];
  try {
    await run(arena, ["apply"], writeList(arena, "patterns", patterns), signal);
    stopped = (await clusterStatus(clusterName(env))).processes.flatMap(({ name, pid }) => (pid !== undefined && /controller-manager|scheduler|kwok/.test(name) ? [pid] : []));
    for (const pid of stopped) process.kill(pid, "SIGSTOP");
    const wanted = Array.from({ length: stores }, (_, index): Entry => ({ ...patternOf(index), name: `store-${String(index + 1).padStart(4, "0")}` }));
    const list = writeList(arena, "stores", [...wanted, ...patterns]);
    await copyAll(arena, list, signal, say);
    const looks: Look[] = [];
    for (const args of commands) {
      const look: Look = { command: args[0]!, runs: [] };
      for (let count = 0; count < runs; count++) look.runs.push(await run(arena, args, list, signal));
      looks.push(look);
      say(`${look.command}: ${look.runs.map(({ seconds }) => `${seconds.toFixed(1)} s`).join(", ")}`);
    }
    return looks;
  } finally {
    for (const pid of stopped) process.kill(pid, "SIGCONT");
    await closeArena(arena);
  }
}

async function run(arena: Arena, args: string[], list: string, signal: AbortSignal): Promise<Measurement> {
  const log = join(arena.folder, `${args[0]}.log`);
  const measured = await measure({ command: process.execPath, args: [join(projectRoot, "scripts", "stores"), ...args, "--file", list], cwd: arena.folder, env: arena.variables, log }, arena.mark, signal);
  if (measured.code !== 0) throw new UserError(`stores ${args.join(" ")} ended with code ${measured.code}; its last words:\n${readFileSync(log, "utf8").slice(-3000)}`);
  return measured;
}

/** Copies the patterns' objects for every other store of the list. */
async function copyAll({ session: { kube }, shared }: Arena, list: string, signal: AbortSignal, say: (text: string) => void): Promise<void> {
  const specs = listedStores(env, list).stores.map(({ spec }) => spec).filter(({ name }) => !patterns.some((pattern) => pattern.name === name));
  const found = await Promise.all(patterns.map(async ({ name, engine }) => {
    const namespace = (await kube.get(`/api/v1/namespaces/${namespaceOf(env, name)}`))!;
    const objects = await Promise.all(kinds.map(async ([api, kind, path]) => ({ api, kind, path, items: await kube.list(`${api}/namespaces/${namespace.metadata.name}/${path}`) })));
    return { name, engine, namespace, objects };
  }));
  let done = 0;
  await forEachLimited(specs, 16, signal, async (spec) => {
    const pattern = found.find(({ engine }) => engine === spec.engine)!;
    const own = namespaceOf(env, spec.name);
    const turned = (object: KubeObject): KubeObject => {
      const text = JSON.stringify(object)
        .replaceAll(pattern.namespace.metadata.name, own)
        .replaceAll(pattern.name, spec.name)
        .replaceAll(pattern.namespace.metadata.annotations![annotations.digest]!, storeDigest(spec, shared));
      const { metadata: { name, namespace, labels, annotations: notes }, ...rest } = JSON.parse(text) as KubeObject;
      return { ...rest, metadata: { name, namespace, labels, annotations: notes } as KubeObject["metadata"] };
    };
    await kube.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: turned(pattern.namespace).metadata });
    for (const { api, kind, path, items } of pattern.objects) {
      for (const item of items) {
        const { status, ...object } = turned(item);
        const at = `${api}/namespaces/${own}/${path}`;
        await kube.create(at, { apiVersion: api.replace(/^\/apis?\//, ""), kind, ...object });
        if (status) await kube.merge(`${at}/${item.metadata.name}/status`, { status: { ...status, observedGeneration: 1 } });
      }
    }
    if (++done % 100 === 0) say(`${done} of ${specs.length} stores copied`);
  });
}
