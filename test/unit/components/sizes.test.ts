import assert from "node:assert/strict";
import { Medusa, roomFor as medusaRoom } from "../../../components/medusa";
import { WooCommerce, roomFor as woocommerceRoom } from "../../../components/woocommerce";
import { plans, type MedusaSizes, type WooCommerceSizes } from "../../../config/plans";
import { only, record } from "../helpers/recording-mocks";
import { wrongArgOf } from "../helpers/wrong-arg";

const place = { namespace: "store-acme-0a1b2c3d", host: "acme.example.com", title: "Acme", adminEmail: "owner@example.com" };
const woocommerce = (sizes: WooCommerceSizes) => record(() => void new WooCommerce("shop", { ...place, sizes }));
const medusa = (sizes: MedusaSizes) => record(() => void new Medusa("shop", { ...place, sizes }));
const quantities = (cpu: string, memory: string, disk: string) => ({ cpu, memory, "ephemeral-storage": disk });

describe("sizes", () => {
  // Another value here is a roll-out of every such store.
  it("of a WooCommerce plan are the chart's resources, volumes, PHP processes and cache", async () => {
    const { values } = only((await woocommerce(plans.woocommerce.medium)).resources, ":Release").inputs;
    assert.deepEqual([values.wordpress, values.mariadb, values.jobs], [
      {
        replicas: 1,
        maxWorkers: 14,
        resources: { requests: quantities("200m", "512Mi", "128Mi"), limits: { memory: "1Gi", "ephemeral-storage": "1Gi" } },
        uploads: { size: "10Gi", storageClass: "", accessMode: "ReadWriteOnce" },
      },
      {
        bufferPool: "256Mi",
        resources: { requests: quantities("200m", "512Mi", "128Mi"), limits: { memory: "1Gi", "ephemeral-storage": "1Gi" } },
        volume: { size: "10Gi", storageClass: "" },
      },
      { resources: { requests: quantities("50m", "256Mi", "64Mi"), limits: { memory: "512Mi", "ephemeral-storage": "512Mi" } } },
    ]);
  });

  it("of a Medusa plan are the chart's own", async () => {
    for (const sizes of Object.values(plans.medusa)) assert.deepEqual(only((await medusa(sizes)).resources, ":Release").inputs.values.sizes, sizes);
  });

  it("are what a namespace has room for, at the shop's busiest", () => {
    assert.deepEqual(woocommerceRoom(plans.woocommerce.small), {
      quota: { pods: "9", "requests.cpu": "295m", "requests.memory": "1280Mi", "limits.memory": "3328Mi", "requests.ephemeral-storage": "832Mi", "limits.ephemeral-storage": "6656Mi", persistentvolumeclaims: "2", "requests.storage": "4096Mi", "services.nodeports": "0", "services.loadbalancers": "0" },
      containerMax: { memory: "512Mi", "ephemeral-storage": "1Gi" },
    });
    assert.deepEqual(medusaRoom(plans.medusa.small), {
      quota: { pods: "15", "requests.cpu": "405m", "requests.memory": "2848Mi", "limits.memory": "9216Mi", "requests.ephemeral-storage": "544Mi", "limits.ephemeral-storage": "7680Mi", persistentvolumeclaims: "2", "requests.storage": "3072Mi", "services.nodeports": "0", "services.loadbalancers": "0" },
      containerMax: { memory: "1Gi", "ephemeral-storage": "512Mi" },
    });
  });

  it("that no plan may have are refused, by the component and the property", async () => {
    const { small } = plans.woocommerce;
    assert.deepEqual(await wrongArgOf(woocommerce({ ...small, wordpress: { ...small.wordpress, memoryLimit: "512" } })), [
      "WooCommerce::shop", 'sizes.wordpress.memoryLimit: "512" is not a memory quantity — write it like "256Mi" or "1Gi"',
    ]);
    const redis = { ...plans.medusa.small.redis, replicas: 2 as 1 };
    assert.deepEqual(await wrongArgOf(medusa({ ...plans.medusa.small, redis })), [
      "Medusa::shop", "sizes.redis.replicas: 2 is fixed — its volume serves one pod, leave replicas at 1",
    ]);
  });
});
