import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../config/root";
import { metricsOf } from "../../../scripts/operations/metrics";

const read = (file: string) => readFileSync(join(projectRoot, "infra/monitoring", file), "utf8");
const rules = (parse(read("alerts.yaml")) as { groups: { rules: { alert: string; expr: string; for: string; labels: object; annotations: Record<string, string> }[] }[] }).groups.flatMap((group) => group.rules);
const panels = (JSON.parse(read("grafana.json")) as { panels: { title: string; targets: { expr: string }[] }[] }).panels;
const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];

/** Figures of others that are used here: kubelet's and cAdvisor's, and Prometheus' own. */
const others = /^(kubelet_volume_stats_(available|capacity)_bytes|container_memory_working_set_bytes|container_cpu_usage_seconds_total|up)$/;

/** Names of the figures in an expression, which has to be one. */
async function namesIn(expression: string): Promise<string[]> {
  const { parser } = await import("@prometheus-io/lezer-promql");
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      assert.ok(!type.isError, `${expression}\nis no PromQL at: ${expression.slice(from)}`);
      if (type.name === "Identifier" && node.parent?.type.name === "VectorSelector") names.push(expression.slice(from, to));
    },
  });
  return names;
}

describe("alerts and dashboard", () => {
  it("ask for figures that there are", async () => {
    const store = { name: "acme", engine: "medusa", phase: "READY" as const, url: "", namespace: "store-acme", stack: "", createdAt: null, provisionSeconds: 1, reason: null, certificates: [] };
    const { text } = await metricsOf({ env: "local", simulated: true, stores: [store], listProblem: null, environmentProblem: null, isolation: "open", isolationProblem: "" }, undefined);
    const ours = new Set([...[...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name), "storefleet_pending_changes"]);
    assert.ok(expressions.length > 15);
    for (const expression of expressions) {
      const names = await namesIn(expression);
      assert.ok(names.length > 0, expression);
      for (const name of names) assert.ok(ours.has(name) || others.test(name), `${name} in ${expression}`);
    }
  });

  it("notice an expression that is none", async () => {
    for (const wrong of ["sum(", "storefleet_stores{env=}", "storefleet_stores ==", "avg by env (up)"]) await assert.rejects(namesIn(wrong), /is no PromQL/, wrong);
  });

  it("say of each alert how long it waits, how bad it is, and what to do", () => {
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    for (const rule of rules) {
      assert.match(rule.for, /^\d+[mhd]$/, rule.alert);
      assert.deepEqual([Object.keys(rule.labels), Object.keys(rule.annotations)], [["severity"], ["summary", "description"]], rule.alert);
    }
  });
});
