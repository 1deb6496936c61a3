import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import { scheduleFor } from "../../../components/backup/schedule";
import { repositoryKeys } from "../../../config/backup";
import { readSettings } from "../../../config/environment";
import { namespaceOf } from "../../../config/names";
import { engineNames, type Engine, type StoreEntry } from "../../../config/spec";
import { storeProgram } from "../../../stores";
import { storeDigest } from "../../../stores/digest";
import type { Environment } from "../../../stores/environment-outputs";
import { nothingLives } from "../../../stores/living";
import { specOf } from "../helpers/fleet";
import { podViolations } from "../helpers/pod-rules";
import { mockedUid, only, record } from "../helpers/recording-mocks";

const recoveryKey = "canary-recovery-key";

function environment(backup?: Environment["settings"]["backup"]): Environment {
  const settings = { ...readSettings("local"), context: "a-context", backup };
  settings.images = { ...settings.images, overrides: { medusa: "registry.example.com/medusa:1", "medusa-storefront": "registry.example.com/storefront:1" } };
  return { settings, secretRevisions: { backupKey: "1" }, ...(backup && { backupKey: secret(recoveryKey) }) };
}

async function run(engine: Engine, entry: Partial<StoreEntry> = {}, shared = environment({ schedule: "daily", volume: "2Gi" })) {
  const spec = specOf("acme", { ...entry, engine });
  const { resources } = await record(() => storeProgram("local", spec, { shared, living: nothingLives }), { stack: "local.acme" });
  return { spec, shared, resources };
}

describe("a store's backups", () => {
  for (const engine of engineNames) {
    it(`are two CronJobs, whose pods follow the rules and hold no key but the store's own: ${engine}`, async () => {
      const { resources } = await run(engine);
      const jobs = resources.filter(({ type }) => type.endsWith(":CronJob")).map(({ inputs }) => inputs).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
      assert.deepEqual(jobs.map(({ metadata, spec }) => [metadata.name, metadata.namespace, spec.suspend]), [["backup", namespaceOf("local", "acme"), false], ["restore", namespaceOf("local", "acme"), true]]);
      assert.deepEqual(podViolations(jobs.map((it) => ({ kind: "CronJob", ...it }))), []);
      const { login, password } = repositoryKeys(recoveryKey, `acme/${mockedUid.slice(0, 8)}`);
      const stringData = only(resources, ":Secret", "backup-key").inputs.stringData.value;
      assert.deepEqual([stringData.RESTIC_REST_PASSWORD, stringData.RESTIC_PASSWORD], [login, password]);
      assert.ok(stringData.RESTIC_REPOSITORY.endsWith(`/acme/${mockedUid.slice(0, 8)}/`));
      assert.ok(!JSON.stringify(resources).includes(recoveryKey), "the key of all");
    });

    it(`have room beside the shop, and are told in its digest: ${engine}`, async () => {
      const [without, withBackups] = [await run(engine, {}, environment()), await run(engine)];
      const quota = ({ resources }: typeof without) => only(resources, ":ResourceQuota").inputs.spec.hard;
      assert.equal(Number(quota(withBackups).pods), Number(quota(without).pods) + 2);
      assert.equal(without.resources.filter(({ type }) => type.endsWith(":CronJob")).length, 0);
      const digests = new Set([storeDigest(without.spec, without.shared), storeDigest(withBackups.spec, withBackups.shared), storeDigest(withBackups.spec, environment({ schedule: "hourly", volume: "2Gi" }))]);
      assert.equal(digests.size, 3);
    });
  }

  it("reach the gateway and, where a shop's parts say who may connect to them, those that are saved", async () => {
    const policies = (await run("medusa")).resources.filter(({ type, name }) => type.endsWith(":NetworkPolicy") && name.startsWith("backup-")).map(({ inputs }) => [inputs.metadata.name, inputs.spec] as [string, any]).sort(([a], [b]) => a.localeCompare(b));
    assert.deepEqual(policies.map(([name]) => name), ["allow-backup", "allow-backup-5432", "allow-backup-6379"]);
    const [, { podSelector, egress }] = policies[0]!;
    assert.deepEqual(podSelector.matchLabels, { "app.kubernetes.io/component": "backup" });
    assert.equal(egress[0].to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"], "storefleet-backup");
    assert.deepEqual(egress[0].ports, [{ protocol: "TCP", port: 8000 }]);
  });

  it("of WooCommerce run beside the web pod, whose volume serves one node; a suspended shop has none made", async () => {
    const pod = ({ resources }: Awaited<ReturnType<typeof run>>) => only(resources, ":CronJob", "backup-backup").inputs.spec;
    const wooCommerce = pod(await run("woocommerce"));
    assert.equal(wooCommerce.jobTemplate.spec.template.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels.app, "wordpress");
    assert.equal(pod(await run("medusa")).jobTemplate.spec.template.spec.affinity, undefined);
    assert.equal(pod(await run("woocommerce", { suspended: true })).suspend, true);
  });

  it("begin at a time of the store's own, in the night unless they are hourly", () => {
    const times = ["acme", "bloom", "cargo", "dune"].map((name) => scheduleFor("daily", name));
    assert.ok(new Set(times).size > 2, times.join());
    for (const time of times) assert.match(time, /^[0-5]?\d [0-5] \* \* \*$/);
    assert.match(scheduleFor("hourly", "acme"), /^[0-5]?\d \* \* \* \*$/);
    assert.match(scheduleFor("weekly", "acme"), /^[0-5]?\d [0-5] \* \* [0-6]$/);
  });
});
