import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namespaceOf, stackOf } from "../../../config/names";
import { projectRoot } from "../../../config/root";
import { listedStores } from "../../../stores/listed";
import { concurrencyFor, deletionConcurrency } from "../../engine/concurrency";
import type { Arena } from "./arena";
import { releaseOf } from "./release-of";

export type Phase = "create" | "no-op" | "change" | "destroy";
export const phases: Phase[] = ["create", "no-op", "change", "destroy"];

/** A way to run a fleet. */
export interface Contender {
  name: string;
  title: string;
  /** Stores at a time. */
  concurrency: number;
  /** The same for deletions, where it differs. */
  deletionConcurrency?: number;
  /** Its own process besides those that work on stores only waits for them. */
  supervised: boolean;
  /** What a phase runs: a program and its arguments, in a folder. Called before the clock starts. */
  prepare(arena: Arena, phase: Phase, list: string): Promise<Run>;
}

export interface Run {
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

const env = "local";

const ours: Contender = {
  name: "ours",
  title: "stores apply",
  concurrency: concurrencyFor(),
  deletionConcurrency: deletionConcurrency(),
  supervised: true,
  prepare: async (arena, phase, list) => ({
    command: process.execPath,
    args: [join(projectRoot, "scripts", "stores"), ...(phase === "destroy" ? ["destroy", "--all", "--yes"] : ["apply", "--file", list])],
    cwd: arena.folder,
  }),
};

/** What a person with a shell does: the project's own program, stack by stack. */
const loop: Contender = {
  name: "loop",
  title: "loop of pulumi up",
  concurrency: 1,
  supervised: false,
  async prepare(arena, phase, list) {
    const lines = names(list).map((name) => {
      const stack = stackOf(env, name);
      if (phase === "destroy") return `pulumi destroy --yes --skip-preview --remove --stack ${stack}`;
      const up = `pulumi up --yes --skip-preview --stack ${stack}`;
      return phase === "create" ? `pulumi stack init --no-select ${stack}\n${up}` : up;
    });
    const cwd = linkedFolder(join(arena.folder, "loop"), ["index.js", "package.json", "node_modules", "components"]);
    copyFileSync(join(projectRoot, "Pulumi.yaml"), join(cwd, "Pulumi.yaml"));
    return { ...shellScript(lines, cwd), env: { STOREFLEET_FILE: list } };
  },
};

/** The Automation API as its documentation shows it, with a folder for each stack. */
const automation: Contender = {
  name: "automation",
  title: "Automation API",
  concurrency: concurrencyFor(),
  deletionConcurrency: deletionConcurrency(),
  supervised: false,
  async prepare(arena, phase, list) {
    const folder = linkedFolder(join(arena.folder, "automation"), ["components"]);
    for (const name of names(list)) mkdirSync(join(folder, name), { recursive: true });
    const lanes = atATime(automation, phase);
    return { command: process.execPath, args: [join(__dirname, "automation.js"), phase, list, folder, String(lanes)], cwd: folder };
  },
};

/** The same charts with the same values, without walls around them and without a state. */
const helm: Contender = {
  name: "helm",
  title: "loop of helm upgrade",
  concurrency: 1,
  supervised: false,
  async prepare(arena, phase, list) {
    const cwd = join(arena.folder, "helm");
    mkdirSync(cwd, { recursive: true });
    const lines: string[] = [];
    for (const { spec } of listedStores(env, list).stores) {
      const namespace = namespaceOf(env, spec.name);
      const place = `${spec.engine} --namespace ${namespace}`;
      if (phase === "destroy") {
        lines.push(`helm uninstall ${place} --wait`, `kubectl delete namespace ${namespace}`);
        continue;
      }
      const { chart, values } = await releaseOf(env, spec, arena.shared);
      const file = join(cwd, `${spec.name}.json`);
      writeFileSync(file, JSON.stringify(values));
      lines.push(`helm upgrade --install ${place} --create-namespace ${join(projectRoot, chart)} --values ${file} --wait --wait-for-jobs --timeout 600s`);
    }
    return shellScript(lines, cwd);
  },
};

/** Stores in flight during a phase. */
export const atATime = ({ concurrency, deletionConcurrency: deletions = concurrency }: Contender, phase: Phase) => (phase === "destroy" ? deletions : concurrency);

export const contenders: Contender[] = [ours, loop, automation, helm];

const names = (list: string) => listedStores(env, list).stores.map(({ spec }) => spec.name);

const shellScript = (lines: string[], cwd: string): Run => ({ command: "/bin/sh", args: ["-ec", lines.join("\n")], cwd });

/** A folder outside the checkout, where Pulumi may write its files, with ways to parts of the checkout. */
function linkedFolder(folder: string, links: string[]): string {
  if (mkdirSync(folder, { recursive: true })) {
    for (const link of links) symlinkSync(join(projectRoot, link), join(folder, link));
  }
  return folder;
}
