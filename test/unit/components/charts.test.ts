import assert from "node:assert/strict";
import { mebibytes, millicores } from "../../../config/quantity";
import { engineNames } from "../../../config/spec";
import { lineOf, scoreOf, waivedIn, waiverFile, waivers } from "../../charts/kube-score";
import { forEachCase, type StoreCase } from "../../charts/store-cases";
import { podViolations } from "../helpers/pod-rules";
import { mockedPassword, only } from "../helpers/recording-mocks";
import type { KubernetesObject } from "../helpers/rendered-chart";

/** Pods of one object at its busiest: rolling out, with one that starts and one that still ends. */
function podsAtOnce({ kind, spec }: KubernetesObject): number {
  switch (kind) {
    case "Deployment": return spec.replicas + 1 + (spec.strategy?.type === "Recreate" ? 0 : 1);
    case "StatefulSet": return spec.replicas;
    // The one before and the one after a change.
    case "Job": return 2;
    case "CronJob": return 1;
    default: return 0;
  }
}

const podSpecOf = ({ kind, spec }: KubernetesObject) => (kind === "CronJob" ? spec.jobTemplate.spec.template.spec : spec.template.spec);

const amount = (resource: string, quantity: string) => (resource === "cpu" ? millicores(quantity) : mebibytes(quantity));

/** What Kubernetes counts for one pod: its containers together, or its greediest init container if that is more. */
function countedOf(object: KubernetesObject, side: "requests" | "limits", resource: string): number {
  const { containers, initContainers = [] } = podSpecOf(object);
  const of = (container: KubernetesObject) => amount(resource, container.resources[side][resource] ?? "0m");
  return Math.max(containers.map(of).reduce((a: number, b: number) => a + b, 0), ...initContainers.map(of));
}

const total = (objects: KubernetesObject[], count: (object: KubernetesObject) => number) =>
  objects.filter((object) => podsAtOnce(object) > 0).reduce((sum, object) => sum + count(object), 0);

/** What the store needs of each thing that its quota limits. */
function needs({ objects }: StoreCase, quota: Record<string, string>): Record<string, number> {
  const claims = objects.flatMap((object) => [
    ...(object.kind === "PersistentVolumeClaim" ? [object] : []),
    ...Array.from({ length: object.spec?.replicas ?? 0 }, () => object.spec.volumeClaimTemplates ?? []).flat(),
  ]);
  return Object.fromEntries(
    Object.keys(quota).map((key) => {
      const [side, resource] = key.split(".") as ["requests" | "limits", string];
      if (key === "pods") return [key, total(objects, podsAtOnce)];
      if (key === "persistentvolumeclaims") return [key, claims.length];
      if (key === "requests.storage") return [key, claims.reduce((sum, { spec }) => sum + mebibytes(spec.resources.requests.storage), 0)];
      if (key.startsWith("services.")) return [key, objects.filter(({ kind, spec }) => kind === "Service" && spec.type && spec.type !== "ClusterIP").length];
      return [key, total(objects, (object) => podsAtOnce(object) * countedOf(object, side, resource))];
    }),
  );
}

const allowed = (key: string, quantity: string) => (/^\d+$/.test(quantity) ? Number(quantity) : amount(key.split(".")[1]!, quantity));

describe("the stores' charts", function () {
  this.timeout(60_000);

  forEachCase((title, make) => {
    describe(title, () => {
      let it_: StoreCase;
      before(async () => {
        it_ = await make();
      });

      it("follows the rules for pods", () => {
        assert.deepEqual(podViolations(it_.objects), []);
      });

      it("has no hooks, which would wait for what waits for them", () => {
        assert.deepEqual(it_.objects.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"]), []);
      });

      it("carries no secret: neither as an object nor in a value", () => {
        assert.deepEqual(it_.objects.filter(({ kind, data, stringData }) => kind === "Secret" && (data || stringData)), []);
        const values = JSON.stringify(it_.values);
        const passwords = it_.resources.filter(({ type }) => type.endsWith(":RandomPassword"));
        assert.ok(passwords.length > 0);
        for (const { name, inputs } of passwords) assert.ok(!values.includes(mockedPassword(name, inputs.length)), name);
      });

      it("labels every object and pod as the store's", () => {
        for (const object of it_.objects) {
          const { labels } = object.metadata;
          const where = `${object.kind}/${object.metadata.name}`;
          for (const key of ["name", "instance", "component"]) assert.ok(labels?.[`app.kubernetes.io/${key}`], `${where}: ${key}`);
          for (const all of podsAtOnce(object) > 0 ? [labels, podLabels(object)] : [labels]) {
            assert.equal(all["storefleet.dev/store"], "acme", where);
            assert.equal(all["storefleet.dev/env"], it_.env, where);
            assert.equal(all["app.kubernetes.io/part-of"], "storefleet", where);
          }
          assert.equal(labels["app.kubernetes.io/managed-by"], "Helm", where);
          if (podsAtOnce(object) > 0 || object.kind === "Service") assert.ok(labels.app, `${where}: app`);
        }
      });

      it("gives no ServiceAccount a token", () => {
        const accounts = it_.objects.filter(({ kind }) => kind === "ServiceAccount");
        for (const account of accounts) assert.equal(account.automountServiceAccountToken, false);
        const used = it_.objects.filter((object) => podsAtOnce(object) > 0).map((object) => podSpecOf(object).serviceAccountName);
        for (const name of used) assert.ok(accounts.some(({ metadata }) => metadata.name === name), `ServiceAccount ${name} is not the chart's`);
      });

      it("has Services whose selectors find exactly one workload", () => {
        for (const { metadata, spec } of it_.objects.filter(({ kind }) => kind === "Service")) {
          const found = it_.objects.filter(
            (object) => podsAtOnce(object) > 0 && Object.entries(spec.selector).every(([key, value]) => podLabels(object)[key] === value),
          );
          assert.equal(found.length, 1, `${metadata.name} finds ${found.map((object) => object.metadata.name).join(", ") || "nothing"}`);
        }
      });

      it("fits into its quota while it rolls out and its Jobs run", () => {
        const quota = only(it_.resources, ":ResourceQuota").inputs.spec.hard as Record<string, string>;
        for (const [key, needed] of Object.entries(needs(it_, quota))) {
          assert.ok(needed <= allowed(key, quota[key]!), `${key}: needs ${needed}, has ${quota[key]}`);
        }
        const counted = Object.keys(quota);
        for (const key of ["requests.cpu", "requests.memory", "limits.memory", "requests.ephemeral-storage", "limits.ephemeral-storage", "requests.storage", "pods"]) {
          assert.ok(counted.includes(key), `${key} is not limited`);
        }
      });

      it("asks for no more in one container than the namespace allows", () => {
        const [{ max }] = only(it_.resources, ":LimitRange").inputs.spec.limits;
        for (const object of it_.objects.filter((one) => podsAtOnce(one) > 0)) {
          const { containers, initContainers = [] } = podSpecOf(object);
          for (const { name, resources } of [...containers, ...initContainers]) {
            for (const resource of Object.keys(max)) {
              assert.ok(amount(resource, resources.limits[resource]) <= amount(resource, max[resource]), `${name}: ${resource}`);
              assert.ok(amount(resource, resources.requests[resource]) <= amount(resource, resources.limits[resource]), `${name}: ${resource}`);
            }
          }
        }
      });
    });
  });

  for (const engine of engineNames) {
    it(`satisfies kube-score, ${engine}: nothing without a waiver, no waiver without need`, async () => {
      const cases: (() => Promise<StoreCase>)[] = [];
      forEachCase((_, make) => cases.push(make), [engine]);
      const found = new Set<string>();
      for (const make of cases) for (const finding of await scoreOf(await make())) found.add(lineOf(finding));
      const waived = waivedIn(engine);
      assert.deepEqual([...found].filter((line) => !waived.has(line)), [], "without a waiver");
      assert.deepEqual([...waived].filter((line) => !found.has(line)), [], `not needed any more, remove from ${waiverFile}`);
    });
  }

  it("has a reason for each waiver", () => {
    for (const { check, reason } of waivers) assert.ok(reason?.length > 20, check);
  });
});

function podLabels({ kind, spec }: KubernetesObject): Record<string, string> {
  return (kind === "CronJob" ? spec.jobTemplate.spec : spec).template.metadata.labels;
}
