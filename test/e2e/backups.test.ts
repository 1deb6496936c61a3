import assert from "node:assert/strict";
import { backupNames } from "../../config/backup";
import type { Answer } from "../../scripts/operations/answers";
import { Accounts, audit } from "./helpers/accounts";
import { Fleet } from "./helpers/fleet";

/** What backups of real data are like, `test/lab/backups.test.ts` sees; pods only pretend to run here. */
describe("backups on the embedded cluster", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const settings = "    backup: { volume: 2Gi }\n    mailCatcher: true";
  let accounts: Accounts;

  before(async () => {
    audit(fleet);
    fleet.list("{ name: shop, engine: woocommerce, title: Shop }", "{ name: corner, engine: medusa, title: Corner }");
    fleet.patch("Pulumi.local.yaml", "    mailCatcher: true", settings);
  });
  after(() => fleet.remove());

  const cronJobs = async (store: string) => (await fleet.kube.list(`/apis/batch/v1/namespaces/${fleet.namespace(store)}/cronjobs`)).map(({ metadata }) => metadata.name).sort();
  const jobs = (namespace: string) => fleet.kube.list(`/apis/batch/v1/namespaces/${namespace}/jobs`);

  it("need a key that nobody draws: without it nothing is touched, and the message has the command", async () => {
    const { code, stderr } = await fleet.stores("cluster", "up");
    assert.notEqual(code, 0);
    assert.match(stderr, /backups need the secret storefleet:backupKey, which Pulumi.local.yaml does not have; nothing was touched/);
    assert.match(stderr, /pulumi config set --stack local --secret storefleet:backupKey "\$\(openssl rand -hex 24\)"/);
  });

  it("come with the environment and each store, for an account that may do no more than it needs", async () => {
    fleet.patch("Pulumi.local.yaml", "config:\n", "config:\n  storefleet:backupKey: a-key-for-tests-only\n");
    await fleet.up();
    accounts = new Accounts(fleet);
    await accounts.make();
    await accounts.become("deployer");
    await fleet.ok("apply");
    assert.deepEqual(await cronJobs("shop"), [backupNames.backup, backupNames.restore, "woocommerce-cron"]);
    assert.deepEqual(await cronJobs("corner"), [backupNames.backup, backupNames.restore]);
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
  });

  it("are made when somebody asks, recorded, and their Jobs follow the store's own template", async () => {
    const { stores } = await fleet.json<Answer<"backup">>("backup", "--all");
    assert.deepEqual(stores.map(({ name, result, snapshot, error }) => [name, result, snapshot, error]).sort(), [["corner", "saved", null, null], ["shop", "saved", null, null]]);
    const [job] = await jobs(fleet.namespace("shop")).then((all) => all.filter(({ metadata }) => metadata.name.startsWith("backup-manual-")));
    assert.equal(job?.spec?.template.spec.containers[0].env.find(({ name }: { name: string }) => name === "KIND").value, "manual");
    const { operations } = await fleet.json<Answer<"operations">>("operations");
    assert.deepEqual(operations.filter(({ kind }) => kind === "backup").map(({ state, stores: parts }) => [state, ...Object.keys(parts)]).sort(), [["succeeded", "corner"], ["succeeded", "shop"]]);
    assert.deepEqual(await fleet.json("backups", "shop"), { name: "shop", snapshots: [], unreadable: [] });
    const refused = await fleet.stores("restore", "shop", "--yes");
    assert.match(refused.stderr, /error: shop has no backup\nOne is made by: .*backup shop/);
  });

  it("a store in the middle of a restore is told as that, and left alone", async () => {
    const namespace = `/api/v1/namespaces/${fleet.namespace("shop")}`;
    const note = (value: string | null) => fleet.kube.merge(namespace, { metadata: { annotations: { "storefleet.dev/restoring": value } } });
    await note("shop/0a1b2c3d@aaaa1111");
    const [row] = await fleet.status();
    assert.deepEqual([row?.phase, row?.reason], ["PROVISIONING", "snapshot aaaa1111 of shop is being put back, or that was cut off; to go on with it: ./scripts/stores restore shop --snapshot aaaa1111"]);
    fleet.list("{ name: shop, engine: woocommerce, title: Changed }", "{ name: corner, engine: medusa, title: Corner }");
    const { rows } = await fleet.apply("shop");
    assert.equal(rows.shop?.result, "refused");
    await note(null);
    assert.equal((await fleet.apply("shop")).rows.shop?.result, "updated");
  });

  it("are overdue when two turns are missed, which status says of a store that is READY all the same", async () => {
    const path = `/apis/batch/v1/namespaces/${fleet.namespace("corner")}/cronjobs/${backupNames.backup}/status`;
    await fleet.kube.merge(path, { status: { lastSuccessfulTime: "2020-01-01T00:00:00Z" } });
    const row = (await fleet.status()).find(({ name }) => name === "corner");
    assert.deepEqual([row?.phase, row?.reason], ["READY", "no backup since 2020-01-01T00:00:00Z; to see why: ./scripts/stores backup corner"]);
  });

  it("a store that can not be saved stays, unless somebody says so; one that can is saved and goes", async () => {
    // A pod that finds no room has no last word.
    await fleet.kube.merge(`/api/v1/namespaces/${fleet.namespace("corner")}/resourcequotas/quota`, { spec: { hard: { "count/jobs.batch": "0" } } });
    const kept = await fleet.stores("destroy", "corner", "--yes", "--json");
    const [store] = (JSON.parse(kept.stdout) as Answer<"destroy">).stores;
    assert.deepEqual([kept.code, store?.result], [1, "failed"], kept.stderr);
    assert.match(store?.error ?? "", /^corner stays, since it could not be saved before: .*exceeded quota.*\nTo delete it without a backup: .*destroy corner --no-backup$/s);
    const seen: string[] = [];
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted) seen.push(...(await jobs(fleet.namespace("shop")).catch(() => [])).map(({ metadata }) => metadata.name.replace(/-[^-]*$/, "")));
    })();
    await fleet.ok("destroy", "shop", "--yes");
    watching.abort();
    await watch;
    assert.ok(seen.includes("backup-final"));
    await fleet.ok("destroy", "corner", "--no-backup", "--yes");
  });

  it("took no right that the deployer has not, and used each of the keeper's", () => {
    assert.deepEqual(accounts.refused("deployer"), []);
    // Of a Job that does not end; of what is put back, which test/lab/backups.test.ts does.
    assert.deepEqual(accounts.unused("storefleet-keeper"), ["delete jobs", "get secrets"]);
  });
});
