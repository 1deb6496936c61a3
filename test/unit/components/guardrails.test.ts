import assert from "node:assert/strict";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import { Guardrails, type GuardrailsArgs } from "../../../components/guardrails";
import { only, record } from "../helpers/recording-mocks";
import { wrongArgOf } from "../helpers/wrong-arg";

const quota = { "requests.memory": "1Gi", "limits.memory": "2Gi", pods: "10" };

async function guardrails(args: Partial<GuardrailsArgs> = {}) {
  const { resources } = await record(() => void new Guardrails("it", { namespace: "store-acme-0a1b2c3d", quota, ...args }));
  return {
    namespace: only(resources, ":Namespace"),
    quota: only(resources, ":ResourceQuota"),
    limits: only(resources, ":LimitRange"),
  };
}

describe("Guardrails", () => {
  it("makes the namespace admit only restricted pods, by a pinned release's definition", async () => {
    const { metadata } = (await guardrails()).namespace.inputs;
    assert.equal(metadata.name, "store-acme-0a1b2c3d");
    for (const mode of ["enforce", "audit", "warn"]) {
      assert.equal(metadata.labels[`pod-security.kubernetes.io/${mode}`], "restricted");
      assert.match(metadata.labels[`pod-security.kubernetes.io/${mode}-version`], /^v1\.\d+$/);
    }
  });

  it("passes labels to every object, annotations to the namespace", async () => {
    const made = await guardrails({ labels: { "storefleet.dev/store": "acme" }, annotations: { "storefleet.dev/digest": "abc" } });
    for (const { inputs } of Object.values(made)) {
      assert.equal(inputs.metadata.labels["storefleet.dev/store"], "acme");
      assert.equal(inputs.metadata.labels["app.kubernetes.io/managed-by"], "Pulumi");
    }
    assert.deepEqual(made.namespace.inputs.metadata.annotations, { "storefleet.dev/digest": "abc" });
  });

  it("sets the quota as given, in the namespace", async () => {
    const made = await guardrails();
    assert.deepEqual(made.quota.inputs.spec.hard, quota);
    assert.equal(made.quota.inputs.metadata.namespace, "store-acme-0a1b2c3d");
    assert.equal(made.limits.inputs.metadata.namespace, "store-acme-0a1b2c3d");
  });

  it("gives containers that state nothing what the quota counts, but no limit on CPU", async () => {
    const [container, ...others] = (await guardrails()).limits.inputs.spec.limits;
    assert.deepEqual(others, []);
    assert.equal(container.type, "Container");
    assert.deepEqual(Object.keys(container.defaultRequest).sort(), ["cpu", "ephemeral-storage", "memory"]);
    assert.deepEqual(Object.keys(container.default).sort(), ["ephemeral-storage", "memory"]);
    assert.deepEqual(Object.keys(container.max).sort(), ["ephemeral-storage", "memory"]);
  });

  it("binds its managers before anything else is made inside, and leaves the binding to go with the namespace", async () => {
    const made: string[] = [];
    const managers = { name: "m", clusterRole: "a-role", subjects: [{ kind: "Group", name: "g" }], inEffect: async () => made.push("in effect") };
    const { resources } = await record(() => void new Guardrails("it", { namespace: "store-acme-0a1b2c3d", quota, managers }));
    const binding = only(resources, ":RoleBinding");
    assert.deepEqual(binding.inputs.roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a-role" });
    assert.deepEqual([binding.inputs.subjects, binding.inputs.metadata.namespace, made], [managers.subjects, "store-acme-0a1b2c3d", ["in effect"]]);
    const order = resources.map(({ type }) => type.split(":").pop());
    assert.ok(order.indexOf("RoleBinding") < Math.min(order.indexOf("ResourceQuota"), order.indexOf("LimitRange")), order.join());
  });

  it("lays given limits over the defaults", async () => {
    const [container] = (await guardrails({ limits: { max: { memory: "6Gi" } } })).limits.inputs.spec.limits;
    assert.equal(container.max.memory, "6Gi");
    assert.equal(container.max["ephemeral-storage"], "8Gi");
    assert.equal(container.default.memory, "256Mi");
  });

  it("never allows a container less than the defaults", async () => {
    const [container] = (await guardrails({ limits: { max: { memory: "512Mi", "ephemeral-storage": "0.5Ti" } } })).limits.inputs.spec.limits;
    assert.deepEqual(container.max, { memory: "4Gi", "ephemeral-storage": "0.5Ti" });
  });

  it("refuses what is no quantity, by the component and the property", async () => {
    const reason = 'is not a quantity: write it like "100m", "2", "256Mi" or "1Gi"';
    assert.deepEqual(await wrongArgOf(guardrails({ limits: { max: { "ephemeral-storage": "8 Gi" } } })), ["Guardrails::it", `limits.max.ephemeral-storage: "8 Gi" ${reason}`]);
    assert.deepEqual(await wrongArgOf(guardrails({ limits: { default: { memory: "much" } } })), ["Guardrails::it", `limits.default.memory: "much" ${reason}`]);
  });

  it("protects the namespace only when asked to, and bounds the wait for its deletion", async () => {
    assert.equal((await guardrails()).namespace.protect, false);
    const { namespace } = await guardrails({ protect: true });
    assert.equal(namespace.protect, true);
    assert.equal(namespace.deleteTimeout, "5m");
  });

  for (const slow of ["ResourceQuota", "LimitRange"]) {
    it(`lets no workload into the namespace before its ${slow} exists`, async () => {
      const events: string[] = [];
      let workloadStarted = () => {};
      const early = new Promise<void>((resolve) => (workloadStarted = resolve));
      const { resources } = await record(
        () => {
          const { namespace } = new Guardrails("it", { namespace: "store-acme-0a1b2c3d", quota });
          new ConfigMap("workload", { metadata: { name: "workload", namespace } });
        },
        {
          async creating({ type }) {
            if (type.endsWith(":ConfigMap")) workloadStarted();
            // Long enough for a workload that does not wait to get ahead.
            if (type.endsWith(slow)) await Promise.race([early, new Promise((resolve) => setTimeout(resolve, 100))]);
            events.push(type.split(":").at(-1)!);
          },
        },
      );
      assert.ok(events.indexOf(slow) < events.indexOf("ConfigMap"), events.join(", "));
      assert.equal(only(resources, ":ConfigMap").inputs.metadata.namespace, "store-acme-0a1b2c3d");
      assert.ok(only(resources, ":ConfigMap").dependencies.some((urn) => urn.includes(slow)), "destroyed in the reverse order");
    });
  }

  it("knows the namespace's name in a preview already", async () => {
    const { resources } = await record(
      () => {
        const { namespace } = new Guardrails("it", { namespace: "store-acme-0a1b2c3d", quota });
        new ConfigMap("workload", { metadata: { name: "workload", namespace } });
      },
      { preview: true },
    );
    assert.equal(only(resources, ":ConfigMap").inputs.metadata.namespace, "store-acme-0a1b2c3d");
  });
});
