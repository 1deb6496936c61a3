import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { evaluate, Shell, type Place, type StepResult } from "./pipeline-shell";

interface Job {
  stage: string;
  needs?: string[];
  environment?: { name: string };
  rules: { if: string; when?: string }[];
  before_script?: string[];
  script: string[];
  artifacts?: { paths: string[] };
}

export interface Occasion {
  ref: string;
  variables: Record<string, string>;
  /** By environment of the job. */
  secrets?: Record<string, Record<string, string>>;
  /** Jobs that are started by hand. */
  started?: string[];
  beforeJob?: (name: string) => Promise<void> | void;
}

/** Runs a pipeline's jobs, stage after stage; one that failed ends it. Jobs that no rule wants are left out. */
export async function runPipeline(file: string, place: Place, { ref, variables, secrets = {}, started = [], beforeJob }: Occasion): Promise<Record<string, StepResult>> {
  const { stages, default: standard, ...rest } = parse(readFileSync(file, "utf8"), { merge: true }) as { stages: string[]; default: { before_script: string[] } } & Record<string, Job>;
  const shell = new Shell(place);
  const due = Object.entries(rest as Record<string, Job>).filter(([name, job]) => !name.startsWith(".") && isDue(job, name));
  const results: Record<string, StepResult> = {};

  function isDue({ rules }: Job, name: string): boolean {
    const rule = rules.find(({ if: condition }) => evaluate(condition, /\$[A-Z]/, (variable) => variables[variable.slice(1)] ?? ""));
    return rule !== undefined && (rule.when !== "manual" || started.includes(name));
  }

  for (const stage of stages) {
    for (const [name, job] of due.filter(([, it]) => it.stage === stage)) {
      await beforeJob?.(name);
      shell.checkOut(ref);
      for (const needed of job.needs ?? []) shell.bringBack(needed);
      const lines = [...(job.before_script ?? standard.before_script), ...job.script];
      results[name] = await shell.run(lines.join("\n"), { ...variables, CI: "true", GITLAB_CI: "true", ...secrets[job.environment?.name ?? ""] }, "-eo");
      for (const path of job.artifacts?.paths ?? []) if (existsSync(join(place.workspace, path))) shell.keep(name, path);
    }
    if (Object.values(results).some(({ code }) => code !== 0)) break;
  }
  return results;
}
