import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../config/root";
import { run } from "../../../scripts/machine/os/run";
import { metricsOf } from "../../../scripts/operations/metrics";
import { promtool } from "../helpers/promtool";

const fileOf = (name: string) => join(projectRoot, "infra/monitoring", name);
const read = (name: string) => readFileSync(fileOf(name), "utf8");
const rules = (parse(read("alerts.yaml")) as { groups: { rules: { alert: string; expr: string; for: string; labels: { severity: string }; annotations: Record<string, string> }[] }[] }).groups.flatMap((group) => group.rules);
const panels = (JSON.parse(read("grafana.json")) as { panels: { title: string; targets: { expr: string }[] }[] }).panels;
const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];

/** Figures of others that are used here: kubelet's and cAdvisor's, and Prometheus' own. */
const others = /^(kubelet_volume_stats_(available|capacity)_bytes|container_memory_working_set_bytes|container_cpu_usage_seconds_total|up)$/;
const figures = /\b((?:storefleet|kubelet|container|kube|node)_\w+|up)\b(?!")/g;

interface Case {
  /** Series that are ill from their beginning on, or well; with their values, or one that stays. */
  ill: Record<string, number | string>;
  well: Record<string, number | string>;
  /** Of the one alert. */
  labels: Record<string, string>;
  summary: string;
  description: string;
}

const day = 86400;
const prod = { env: "prod" };
const ready = (env: string, store: string) => `storefleet_store_ready{env="${env}", store="${store}"}`;
const volume = (which: string, claim: string, namespace = "store-acme-1") => `kubelet_volume_stats_${which}_bytes{namespace="${namespace}", persistentvolumeclaim="${claim}"}`;
const ends = (host: string) => `storefleet_certificate_not_after_seconds{env="prod", store="acme", host="${host}"}`;
const pending = (action: string) => `storefleet_pending_changes{env="prod", action="${action}"}`;

/** Each alert in turn: a rule needs a line here. */
const cases: Record<string, Case> = {
  StorefleetStoreNotReady: {
    ill: { [ready("prod", "acme")]: 0 }, well: { [ready("prod", "bloom")]: 1 }, labels: { ...prod, store: "acme" },
    summary: "acme in prod takes no orders, or is not as listed", description: "The reason: ./scripts/stores status acme --env prod",
  },
  StorefleetFleetUnwell: {
    ill: { [ready("prod", "acme")]: 0, [ready("prod", "bloom")]: 1 }, well: { [ready("local", "acme")]: 1 }, labels: prod,
    summary: "only 50% of the stores in prod are well", description: "Many at a time have one cause: ./scripts/stores status --env prod",
  },
  StorefleetListInvalid: {
    ill: { 'storefleet_list_valid{env="prod"}': 0 }, well: { 'storefleet_list_valid{env="local"}': 1 }, labels: prod,
    summary: "the stores list of prod can not be read, so nothing can be applied", description: "Each place with its repair: ./scripts/stores validate --env prod",
  },
  StorefleetChangesPending: {
    ill: { [pending("create")]: 1, [pending("update")]: 1, [pending("upgrade")]: 1 }, well: { 'storefleet_pending_changes{env="local", action="update"}': 0, [pending("orphan")]: 5 }, labels: prod,
    summary: "3 stores in prod are not as listed for hours", description: "./scripts/stores plan --env prod, then apply",
  },
  StorefleetStoresRefused: {
    ill: { [pending("refused")]: 2 }, well: { [pending("update")]: 1 }, labels: { ...prod, action: "refused" },
    summary: "the list of prod asks for what can not be, for 2 stores", description: "Why, and how to mend it: ./scripts/stores plan --env prod",
  },
  StorefleetOrphans: {
    ill: { [pending("orphan")]: 2 }, well: { [pending("update")]: 1 }, labels: { ...prod, action: "orphan" },
    summary: "2 stores in prod run and are listed no more", description: "Put them back into the list, or remove them: ./scripts/stores apply --prune --env prod",
  },
  StorefleetEnvironmentStale: {
    ill: { 'storefleet_environment_current{env="prod"}': 0 }, well: { 'storefleet_environment_current{env="local"}': 1 }, labels: prod,
    summary: "the shared parts of prod are not up, or older than their settings", description: "./scripts/stores cluster up --env prod",
  },
  StorefleetNotIsolated: {
    ill: { 'storefleet_isolation_enforced{env="prod"}': 0 }, well: { 'storefleet_isolation_enforced{env="local"}': 1 }, labels: prod,
    summary: "stores in prod are not known to be walled off from each other", description: "Why, and how to mend it: ./scripts/stores status --env prod",
  },
  StorefleetCertificateEnds: {
    // The clock of these tests begins in 1970.
    ill: { [ends("shop.example.org")]: 13 * day }, well: { [ends("acme.example.com")]: 16 * day }, labels: { ...prod, store: "acme", host: "shop.example.org" },
    summary: "shop.example.org of acme in prod has no certificate that lasts for two weeks", description: "The authority's own words: ./scripts/stores status acme --env prod",
  },
  StorefleetVolumeNearlyFull: {
    ill: { [volume("available", "data")]: 14, [volume("capacity", "data")]: 100 },
    well: { [volume("available", "files")]: 16, [volume("capacity", "files")]: 100, [volume("available", "data", "others")]: 1, [volume("capacity", "data", "others")]: 100 },
    labels: { namespace: "store-acme-1", persistentvolumeclaim: "data" },
    summary: "data in store-acme-1 has 14% left", description: "A larger plan in the list makes the volume grow, where its StorageClass allows it.",
  },
  StorefleetNotMeasured: {
    ill: { 'up{job="storefleet", instance="a"}': 0 }, well: { 'storefleet_build_info{version="1"}': 1, 'up{job="storefleet", instance="b"}': 1, 'up{job="others"}': 0 }, labels: { job: "storefleet", instance: "a" },
    summary: "the fleet can not be measured", description: "The reason is the answer at /metrics; or stores metrics does not run.",
  },
};

const minutesOf = (duration: string) => Number(duration.slice(0, -1)) * { m: 1, h: 60, d: 1440 }[duration.at(-1) as "m" | "h" | "d"];

/** Ill for as long as the rule waits, and not before; what is well never. */
function testOf(alert: string): object {
  const rule = rules.find((it) => it.alert === alert) ?? assert.fail(`no rule ${alert}`);
  const { ill, well, labels, summary, description } = cases[alert]!;
  const minutes = minutesOf(rule.for);
  const series = (them: Case["ill"]) => Object.entries(them).map(([name, value]) => ({ series: name, values: `${value}x${minutes + 5}` }));
  const expected = { exp_labels: { ...labels, severity: rule.labels.severity }, exp_annotations: { summary, description } };
  const at = (minute: number, ...alerts: object[]) => ({ alertname: alert, eval_time: `${minute}m`, exp_alerts: alerts });
  return { name: alert, interval: "1m", input_series: series({ ...well, ...ill }), alert_rule_test: [at(minutes - 1), at(minutes, expected)] };
}

/** All of Prometheus' series are gone. */
const nothingThere = {
  interval: "1m",
  alert_rule_test: [{ alertname: "StorefleetNotMeasured", eval_time: "5m", exp_alerts: [{ exp_labels: { severity: "critical" }, exp_annotations: { summary: "the fleet can not be measured", description: cases.StorefleetNotMeasured!.description } }] }],
};

describe("alerts and dashboard", function () {
  // The checker is fetched once.
  this.timeout(10 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "storefleet-rules-"));
  after(() => rmSync(folder, { recursive: true }));

  const check = async (what: "check" | "test", file: string, content: object) => {
    const path = join(folder, file);
    writeFileSync(path, JSON.stringify(content));
    const { code, stdout, stderr } = await run(await promtool(), [what, "rules", path]);
    return { code, said: stdout + stderr };
  };
  /** Expressions as rules of their own. */
  const checked = (them: string[]) => check("check", "expressions.json", { groups: [{ name: "all", rules: them.map((expr, index) => ({ record: `expression:${index}`, expr })) }] });

  it("are rules and expressions that Prometheus takes", async () => {
    const { code, stdout, stderr } = await run(await promtool(), ["check", "rules", fileOf("alerts.yaml")]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`SUCCESS: ${rules.length} rules found`));
    assert.ok(expressions.length > 15);
    const all = await checked(expressions);
    assert.equal(all.code, 0, all.said);
    for (const wrong of ["sum(", "storefleet_stores{env=}", "storefleet_stores ==", "avg by env (up)"]) assert.notEqual((await checked([wrong])).code, 0, wrong);
  });

  it("ask for figures that there are", async () => {
    const store = { name: "acme", engine: "medusa", phase: "READY" as const, url: "", namespace: "store-acme", stack: "", createdAt: null, provisionSeconds: 1, reason: null, certificates: [], listed: true, plan: "small", protected: false };
    const { text } = await metricsOf({ env: "local", simulated: true, stores: [store], listProblem: null, environmentProblem: null, isolation: "open", isolationProblem: "", rollout: null }, undefined);
    const ours = new Set([...[...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name), "storefleet_pending_changes"]);
    for (const expression of expressions) {
      const names = [...expression.matchAll(figures)].map(([, name]) => name!);
      assert.ok(names.length > 0, expression);
      for (const name of names) assert.ok(ours.has(name) || others.test(name), `${name} in ${expression}`);
    }
  });

  it("fire once it lasts, with their words, and not for what is well", async () => {
    assert.deepEqual(rules.map(({ alert }) => alert), Object.keys(cases));
    const all = (file: string) => ({ rule_files: [file], evaluation_interval: "1m", tests: [...Object.keys(cases).map(testOf), nothingThere] });
    const { code, said } = await check("test", "tests.json", all(fileOf("alerts.yaml")));
    assert.equal(code, 0, said);
    // Whatever else they were told, they would say so.
    const others = join(folder, "alerts.yaml");
    writeFileSync(others, read("alerts.yaml").replaceAll(/^(\s+expr: )(.*)$/gm, "$1($2) and on() vector(0) > 1"));
    const failing = await check("test", "tests.json", all(others));
    assert.equal(failing.code, 1);
    for (const alert of Object.keys(cases)) assert.match(failing.said, new RegExp(`alertname: ${alert}, `));
  });
});
