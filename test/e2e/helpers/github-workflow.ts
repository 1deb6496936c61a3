import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { assignmentsIn, evaluate, Shell, type Place, type StepResult } from "./pipeline-shell";

interface Step {
  id?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
  shell?: string;
}

interface Job {
  if?: string;
  needs?: string | string[];
  environment?: string;
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: Step[];
}

export interface Occasion {
  event: "push" | "pull_request" | "workflow_dispatch" | "schedule";
  /** What GitHub tells of it. */
  payload?: object;
  /** What is checked out where a workflow does not say: of a pull request a merge. */
  ref: string;
  inputs?: Record<string, unknown>;
  vars?: Record<string, string>;
  /** By environment of the job; without one there are none. */
  secrets?: Record<string, Record<string, string>>;
  /** As the job's variables. */
  variables: Record<string, string>;
  /** The job's own token, which a step has to be given. */
  token?: string;
  /** Between jobs, where people would be asked. */
  beforeJob?: (name: string) => Promise<void> | void;
}

export interface JobResult {
  result: "success" | "failure" | "skipped";
  outputs: Record<string, string>;
  steps: StepResult[];
  summary: string;
}

/** Runs every step of a workflow, job after job. Other people's actions are stood in for; what it does not know, it refuses. */
export async function runWorkflow(file: string, place: Place, occasion: Occasion): Promise<Record<string, JobResult>> {
  const workflow = parse(readFileSync(file, "utf8")) as { env?: Record<string, string>; jobs: Record<string, Job> };
  const shell = new Shell(place);
  const results: Record<string, JobResult> = {};
  const waiting = new Map(Object.entries(workflow.jobs));
  while (waiting.size > 0) {
    const next = [...waiting].find(([, { needs = [] }]) => [needs].flat().every((name) => name in results));
    if (!next) throw new Error(`jobs need each other: ${[...waiting.keys()].join(", ")}`);
    waiting.delete(next[0]);
    results[next[0]] = await new JobRun(shell, next[0], next[1], workflow.env ?? {}, occasion, results).run();
  }
  return results;
}

class JobRun {
  private readonly steps: Record<string, { outputs: Record<string, string>; outcome: string }> = {};
  private readonly done: StepResult[] = [];
  private readonly summary: string;
  private failed = false;
  private variables: Record<string, string> = {};

  constructor(
    private readonly shell: Shell,
    private readonly name: string,
    private readonly job: Job,
    private readonly env: Record<string, string>,
    private readonly occasion: Occasion,
    private readonly results: Record<string, JobResult>,
  ) {
    this.summary = shell.fileFor("summary");
  }

  async run(): Promise<JobResult> {
    const { job, occasion, results } = this;
    const needed = [job.needs ?? []].flat();
    const isDue = needed.every((name) => results[name]!.result === "success") && (job.if === undefined || Boolean(this.value(job.if)));
    if (!isDue) return { result: "skipped", outputs: {}, steps: [], summary: "" };
    await occasion.beforeJob?.(this.name);
    const event = this.shell.fileFor("event.json");
    writeFileSync(event, JSON.stringify(occasion.payload ?? {}));
    writeFileSync(this.summary, "");
    this.variables = { ...occasion.variables, CI: "true", GITHUB_ACTIONS: "true", GITHUB_EVENT_PATH: event, GITHUB_EVENT_NAME: occasion.event, GITHUB_STEP_SUMMARY: this.summary, RUNNER_TEMP: join(event, "..") };
    for (const step of job.steps) await this.step(step);
    const outputs = Object.fromEntries(Object.entries(job.outputs ?? {}).map(([name, text]) => [name, this.filled(text)]));
    return { result: this.failed ? "failure" : "success", outputs, steps: this.done, summary: readFileSync(this.summary, "utf8") };
  }

  /** @param inputs of the action that it is a step of; absent: it is the job's own, with those of the workflow */
  private async step(step: Step, inputs?: Record<string, string>): Promise<void> {
    const condition = step.if?.replace(/^\$\{\{(.*)\}\}$/, "$1");
    const asksForState = /\b(always|failure|cancelled|success)\(/.test(condition ?? "");
    const due = (asksForState || !this.failed) && (condition === undefined || Boolean(this.value(condition, inputs)));
    if (!due) return;
    const outputs = this.shell.fileFor("output");
    const ended = step.run === undefined ? await this.action(step, inputs) : await this.script(step, inputs, outputs);
    if (step.id) this.steps[step.id] = { outputs: assignmentsIn(outputs), outcome: ended ? "success" : "failure" };
    this.failed ||= !ended;
  }

  private async script(step: Step, inputs: Record<string, string> | undefined, outputs: string): Promise<boolean> {
    const added = this.shell.fileFor("env");
    const given = Object.fromEntries(Object.entries({ ...this.env, ...this.job.env, ...step.env }).map(([name, text]) => [name, this.filled(text, inputs)]));
    // Without `shell: bash` GitHub leaves pipefail out; our steps have no pipe that could fail unseen.
    const result = await this.shell.run(step.run!, { ...this.variables, ...given, GITHUB_OUTPUT: outputs, GITHUB_ENV: added }, "-eo");
    this.done.push(result);
    Object.assign(this.variables, assignmentsIn(added));
    return result.code === 0;
  }

  private async action({ uses = "", with: given = {} }: Step, outer?: Record<string, string>): Promise<boolean> {
    const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, this.filled(String(value), outer)]));
    const action = uses.split("@")[0]!;
    if (action === "actions/checkout") this.shell.checkOut(inputs.ref ?? this.occasion.ref);
    else if (action === "actions/upload-artifact") this.shell.keep(inputs.name!, inputs.path!);
    else if (action === "actions/download-artifact") this.shell.bringBack(inputs.name!);
    else if (action.startsWith("./")) return this.composite(join(this.shell.place.workspace, action, "action.yml"), inputs);
    else if (action !== "actions/setup-node") throw new Error(`there is nothing to stand in for ${uses}`);
    return true;
  }

  private async composite(file: string, inputs: Record<string, string>): Promise<boolean> {
    const { runs } = parse(readFileSync(file, "utf8")) as { runs: { steps: Step[] } };
    for (const step of runs.steps) await this.step(step, inputs);
    return !this.failed;
  }

  private filled(text: string, inputs?: Record<string, string>): string {
    return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(this.value(expression, inputs) ?? ""));
  }

  private value(expression: string, inputs: Record<string, unknown> = this.occasion.inputs ?? {}): unknown {
    const { event, payload, ref, vars, secrets, variables, token } = this.occasion;
    const contexts = {
      github: { event: payload ?? {}, event_name: event, ref, ref_name: ref, repository: variables.GITHUB_REPOSITORY, actor: "somebody", token },
      vars: vars ?? {}, secrets: secrets?.[this.job.environment ?? ""] ?? {}, needs: this.results, steps: this.steps, inputs,
    };
    const lookUp = (path: string) => path.split(".").reduce<unknown>((value, key) => (Array.isArray(value) ? (key === "*" ? value : value.map((it) => (it as Record<string, unknown>)[key])) : (value as Record<string, unknown> | undefined)?.[key]), contexts) ?? "";
    return evaluate(expression, /[A-Za-z_]/, lookUp, {
      always: () => true, cancelled: () => false, failure: () => this.failed, success: () => !this.failed,
      contains: (list: unknown[], wanted: unknown) => list.includes(wanted),
    });
  }
}
