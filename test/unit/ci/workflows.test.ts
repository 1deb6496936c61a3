import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../config/root";
import { tool } from "../helpers/tool";

const folder = join(projectRoot, "ci/github/workflows");
const workflows = readdirSync(folder);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** What actionlint finds in a workflow of this repository, which has the actions that it uses. Nobody's shellcheck has a part in it. */
async function findings(text: string): Promise<string[]> {
  const { stdout, stderr } = spawnSync(await tool("actionlint"), ["-shellcheck=", "-pyflakes=", "-format", "{{json .}}", "-stdin-filename", join(projectRoot, ".github/workflows/plan.yml"), "-"], { input: text, encoding: "utf8", cwd: projectRoot });
  if (!stdout) throw new Error(`actionlint says nothing: ${stderr}`);
  return (JSON.parse(stdout) as { kind: string; line: number; message: string }[]).map(({ kind, line, message }) => `${line} ${kind}: ${message}`);
}

interface Step {
  uses?: string;
  run?: string;
}

const jobsOf = (text: string) => Object.values((parse(text) as { jobs: Record<string, { steps: Step[]; "timeout-minutes"?: number }> }).jobs);

describe("the workflows for GitHub", function () {
  this.timeout(60_000);

  for (const name of workflows) {
    it(`${name} is without a finding`, async () => assert.deepEqual(await findings(read(name)), []));

    it(`${name} is thin, and runs nothing that somebody else wrote`, () => {
      const text = read(name);
      assert.ok(text.trimEnd().split("\n").length <= 80);
      assert.doesNotMatch(text, /pull_request_target|workflow_run/);
      for (const { steps, "timeout-minutes": limit } of jobsOf(text)) {
        assert.ok(limit, "every job has its end");
        for (const { uses, run = "" } of steps) {
          assert.doesNotMatch(run, /\$\{\{/, "values reach a shell by its environment only");
          if (uses && !uses.startsWith("./")) assert.match(uses, /^actions\/[\w-]+@[0-9a-f]{40}$/);
        }
      }
    });
  }

  it("name no secret beside a step that others' code runs in", () => {
    for (const name of workflows) {
      const { jobs } = parse(read(name)) as { jobs: Record<string, { env?: object; steps: Step[] }> };
      const given = Object.values(jobs).flatMap(({ env, steps }) => [JSON.stringify(env ?? {}), ...steps.filter(({ run }) => /npm (ci|test)/.test(run ?? "")).map((step) => JSON.stringify(step))]);
      for (const text of given) assert.doesNotMatch(text, /secrets|token/, name);
    }
  });

  it("would be found out if they were not", async () => {
    const faulty = read("apply.yml")
      .replace("needs: plan", "needs: pln")
      .replace("./scripts/stores apply --plan prod.plan", "./scripts/stores apply ${{ github.event.head_commit.message }}")
      .replace("steps.plan.outputs.code", "steps.pln.outputs.code")
      .replace("kubeconfig: ${{", "kubecnfig: ${{");
    const found = await findings(faulty);
    for (const expected of [/job-needs: .*"pln"/, /expression: "github\.event\.head_commit\.message" is potentially untrusted/, /expression: property "pln" is not defined/, /action: .*kubecnfig/]) {
      assert.ok(found.some((it) => expected.test(it)), `${expected}: ${found.join("\n")}`);
    }
  });
});
