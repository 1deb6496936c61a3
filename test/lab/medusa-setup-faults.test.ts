import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Lab, say } from "./lab";
import { MedusaAdmin } from "./medusa-admin";
import { MedusaShopper } from "./medusa-shopper";
import { until } from "../e2e/helpers/until";

const shop = (name: string) => `{ name: ${name}, engine: medusa }`;
/** Medusa notes there which changes of data it made: the last thing between migration and seed. */
const dataScripts = "from pg_class where relname = 'script_migrations'";
const postgresChart = "components/medusa/chart/templates/postgres.yaml";

/** What goes wrong while a shop is set up, or with what it is set up on. */
describe("Medusa set-up faults in the lab", function () {
  this.timeout(10 * 60_000);
  const lab = new Lab();
  let whole: Record<string, number>;

  before(async () => {
    lab.list(shop("whole"));
    await lab.up();
    await lab.ok("apply");
    await lab.serves("whole", "/health");
    whole = await (await MedusaAdmin.login(lab, "whole")).counts();
  });
  after(() => lab.remove());
  afterEach(async () => {
    await lab.ok("destroy", "--all", "--yes");
    lab.settings({});
    await lab.ok("cluster", "up");
  });

  const preparePods = async (store: string) => (await lab.objects(store, "pods").catch(() => [])).filter(({ metadata }) => metadata.labels?.app === "medusa-prepare");
  const answers = async (store: string, sql: string) => (await lab.sql(store, sql).catch(() => "")) !== "";

  /** Kills the Job's pod, and waits until another one takes its place. */
  async function killJob(store: string): Promise<void> {
    const before = (await preparePods(store)).map(({ metadata }) => metadata.uid);
    await lab.inStore(store, "delete", "pod", "--selector", "app=medusa-prepare", "--grace-period=0", "--force");
    await until("the Job has another pod", async () => (await preparePods(store)).some(({ metadata }) => !before.includes(metadata.uid)), 120);
  }

  /** The shop is like one whose set-up nobody disturbed. */
  async function assertWhole(store: string): Promise<void> {
    await lab.verify(store);
    assert.deepEqual(await (await MedusaAdmin.login(lab, store)).counts(), whole);
  }

  it("gets over a migration that is killed", async () => {
    lab.list(shop("killed"));
    const apply = lab.start(["apply"]);
    await until("the migration has begun", () => answers("killed", "select 1 from information_schema.tables where table_schema = 'public' having count(*) > 20"), 120, 50);
    assert.equal(await answers("killed", `select 1 ${dataScripts}`), false, "the migration was over before it could be killed");
    await killJob("killed");
    assert.equal((await apply.done).code, 0, apply.so.stderr);
    await assertWhole("killed");
  });

  // Tables that the seed writes to, in its order.
  for (const table of ["stock_location", "fulfillment_set", "shipping_option", "inventory_item", "product", "tax_region", "region", "user", "store"]) {
    it(`gets over a seed that is killed while it writes to ${table}`, async () => {
      lab.list(shop("killed"));
      const apply = lab.start(["apply"]);
      await until("the database answers", () => answers("killed", "select 1"), 120, 100);
      // All tables are there by then, and the seed comes right after.
      const wait = `do $$ begin while not exists (select ${dataScripts}) loop perform pg_sleep(0.02); end loop; end $$`;
      const lock = lab.sql("killed", `${wait}; begin; lock table "${table}" in exclusive mode; select pg_sleep(600); commit`).catch(() => "");
      const blocked = "select 1 from pg_stat_activity one, pg_stat_activity it where it.application_name = 'lab' and it.pid = any(pg_blocking_pids(one.pid))";
      await until("the seed waits for the table", () => answers("killed", blocked), 120, 100);
      await killJob("killed");
      await lab.sql("killed", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lab' and pid <> pg_backend_pid()");
      await lock;
      assert.equal((await apply.done).code, 0, apply.so.stderr);
      await assertWhole("killed");
    });
  }

  it("gets over a hand-over of the publishable key that is killed, and refused before", async () => {
    lab.list(shop("killed"));
    const apply = lab.start(["apply"]);
    await until("the database answers", () => answers("killed", "select 1"), 120, 100);
    const role = JSON.parse(await lab.inStore("killed", "get", "role", "medusa-prepare", "--output=json"));
    await lab.inStore("killed", "delete", "role", "medusa-prepare");
    await until("the key is being handed over", async () =>
      (await preparePods("killed")).some(({ status }) => (status?.initContainerStatuses ?? []).some((it: { name: string; state: object }) => it.name === "publish-key" && "running" in it.state)), 120);
    await killJob("killed");
    const file = join(lab.folder, "role.json");
    writeFileSync(file, JSON.stringify({ ...role, metadata: { ...role.metadata, resourceVersion: undefined, uid: undefined } }));
    await lab.kubectl("create", "--filename", file);
    assert.equal((await apply.done).code, 0, apply.so.stderr);
    await assertWhole("killed");
  });

  it("takes orders while no SMTP server answers, and says so in its log", async () => {
    lab.settings({ mailCatcher: false, smtp: { host: "10.96.255.254", port: 1025, from: "shop@example.com" } });
    await lab.ok("cluster", "up");
    lab.list(shop("mute"));
    await lab.ok("apply");
    await lab.serves("mute", "/");
    await new MedusaShopper(lab, "mute").buy();
    await until("the log tells of the mail", async () => /10\.96\.255\.254|ECONNREFUSED|ETIMEDOUT|[Tt]imeout/.test(await lab.inStore("mute", "logs", "deploy/medusa-worker")), 60, 1000);
    await new MedusaShopper(lab, "mute").buy();
  });

  it("names an image that can not be pulled and a missing pull secret, tells no secret, and heals", async () => {
    const canary = Buffer.from("somebody:canary-password").toString("base64");
    const pullSecret = JSON.stringify({ auths: { "registry.example.com": { auth: canary } } });
    lab.settings({ images: { "medusa-storefront": "storefleet-medusa-storefront:missing" } }, { pullSecret });
    const up = await lab.ok("cluster", "up");
    lab.list(shop("pull"));
    const applied = await lab.storesWith({ HELM_TIMEOUT: "60" }, "apply");
    assert.notEqual(applied.code, 0);
    const { phase, reason } = await lab.statusOf("pull");
    say(`${reason}`);
    assert.equal(phase, "FAILED");
    assert.match(reason ?? "", /storefleet-medusa-storefront:missing/);
    for (const { stdout, stderr } of [up, applied]) assert.doesNotMatch(stdout + stderr, new RegExp(`${canary}|canary-password`));
    const secret = Buffer.from(await lab.inStore("pull", "get", "secret", "image-pull", "--output", "jsonpath={.data.\\.dockerconfigjson}"), "base64").toString();
    assert.deepEqual(JSON.parse(secret), JSON.parse(pullSecret));
    for (const { spec } of await lab.objects("pull", "pods")) assert.deepEqual(spec?.imagePullSecrets, [{ name: "image-pull" }]);

    await lab.inStore("pull", "delete", "secret", "image-pull");
    await lab.inStore("pull", "delete", "pod", "--selector", "app=medusa-storefront");
    await until("the missing pull secret is told", async () => /image-pull/.test((await lab.statusOf("pull")).reason ?? ""), 60, 1000);
    say(`${(await lab.statusOf("pull")).reason}`);

    lab.settings({}, { pullSecret });
    await lab.ok("cluster", "up");
    await lab.ok("apply");
    await lab.verify("pull");
  });

  // The last one: it changes the chart, in the copy of the project that goes with these tests.
  it("names a full volume of Postgres, and recovers once there is room", async () => {
    // A volume in memory, because the lab's others have no end; and beside Postgres somebody who fills it.
    const filler = `        - name: filler
          image: {{ .Values.images.postgres }}
          {{- include "medusa.container" . | nindent 10 }}
          command: [bash, -c, "trap exit TERM; sleep infinity & wait"]
          resources: {{- include "medusa.resources" $size | nindent 12 }}
          volumeMounts: [{ name: data, mountPath: /data }]
`;
    const volumes = "      volumes:\n        - name: data\n";
    lab.patch(postgresChart, "persistentVolumeClaim:\n            claimName: {{ .Release.Name }}-postgres", "emptyDir: { medium: Memory, sizeLimit: 256Mi }");
    lab.patch(postgresChart, '{{ include "medusa.claim" (list $ "postgres") }}', "");
    lab.patch(postgresChart, volumes, filler + volumes);
    lab.list(shop("full"));
    await lab.ok("apply");
    await lab.verify("full");

    const inFiller = (...command: string[]) => lab.inStore("full", "exec", "medusa-postgres-0", "--container", "filler", "--", ...command);
    await inFiller("sh", "-c", "cat /dev/zero >/data/full 2>/dev/null; true");
    const shopper = new MedusaShopper(lab, "full");
    await until("orders fail", () => shopper.buy().then(() => false, () => true), 180);
    await until("status names it", async () => {
      const { phase, reason } = await lab.statusOf("full");
      return phase === "FAILED" && /no space left/i.test(reason ?? "");
    }, 180, 1000);
    say(`${(await lab.statusOf("full")).reason}`);

    await inFiller("rm", "/data/full");
    await until("the shop is READY", async () => (await lab.statusOf("full")).phase === "READY", 360, 1000);
    await lab.verify("full");
  });
});
