import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupGateway } from "../../../components/backup-gateway";
import { gatewayPodLabels } from "../../../components/backup-gateway/names";
import { derivedKey, gatewayKey, repositoryKeys, repositoryOf } from "../../../config/backup";
import { projectRoot } from "../../../config/root";
import { podViolations } from "../helpers/pod-rules";
import { only, record } from "../helpers/recording-mocks";
import { kubeScoreFindings, objectOf, renderChart } from "../helpers/rendered-chart";

const waivers = {
  "container-resources": "no limit on CPU: requests already rank it behind the stores",
  "container-image-pull-policy": "the images are pinned by digest: pulling them again gives the same",
  "deployment-replicas": "the volume may serve one node only",
  "pod-probes-identical": "the storage can be asked nothing but whether it answers; patience differs",
  "deployment-strategy": "the volume may serve one node only",
};
const onVolume = { volume: "20Gi" };
const inBucket = { bucket: { name: "shops", endpoint: "https://s3.example.com/", region: "eu-1", folder: "backups" } };
const files = join(projectRoot, "components", "backup-gateway", "chart", "files");

describe("the backup gateway's chart", () => {
  for (const [title, values] of Object.entries({ "on a volume": onVolume, "in a bucket": inBucket })) {
    it(`follows the rules for pods, ${title}`, async () => {
      const objects = await renderChart("backup-gateway", values);
      assert.deepEqual(podViolations(objects), []);
      assert.deepEqual(await kubeScoreFindings(objects, waivers), []);
    });
  }

  it("carries the labels by which stores' policies name its pods, and takes backups from stores only", async () => {
    const objects = await renderChart("backup-gateway", onVolume);
    const { labels } = objectOf(objects, "Deployment").spec.template.metadata;
    for (const [key, value] of Object.entries(gatewayPodLabels)) assert.equal(labels[key], value);
    const { ingress, egress } = objectOf(objects, "NetworkPolicy").spec;
    assert.deepEqual(egress, []);
    assert.deepEqual(ingress[0].from, [{ namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "storefleet" } }, podSelector: { matchLabels: { "app.kubernetes.io/component": "backup" } } }]);
  });

  it("keeps repositories where the values say, and hands the recovery key to nobody but the keepers", async () => {
    const args = (objects: Awaited<ReturnType<typeof renderChart>>) => objectOf(objects, "Deployment").spec.template.spec.containers[1].command.at(-1);
    const volume = await renderChart("backup-gateway", onVolume);
    const bucket = await renderChart("backup-gateway", inBucket);
    assert.deepEqual([args(volume), args(bucket)], ["/repositories", ":s3:shops/backups"]);
    assert.equal(objectOf(volume, "PersistentVolumeClaim").metadata.annotations["helm.sh/resource-policy"], "keep");
    assert.ok(!bucket.some(({ kind }) => kind === "PersistentVolumeClaim"));
    const keeper = objectOf(bucket, "CronJob", "backup-maintenance").spec.jobTemplate.spec.template.spec;
    assert.equal(keeper.containers[0].env[0].value, "s3:https://s3.example.com/shops/backups");
    const keysOf = (spec: any) => spec.volumes.find(({ name }: any) => name === "keys").secret.items.map(({ key }: any) => key);
    assert.deepEqual([keysOf(objectOf(bucket, "Deployment").spec.template.spec), keysOf(keeper)], [["gateway"], ["recovery"]]);
    assert.deepEqual(["list", "maintenance"].map((name) => objectOf(bucket, "CronJob", `backup-${name}`).spec.suspend), [true, false]);
  });

  it("is given what is made of the key, and its revision changes with it", async () => {
    const made = async (recoveryKey: string) => {
      const { resources } = await record(async () => void new BackupGateway("backup-gateway", { namespace: "b", release: "backup-gateway", port: 8000, keysSecret: "backup-keys", recoveryKey, volume: "1Gi", chartDigest: "x" }));
      return { stringData: only(resources, ":Secret").inputs.stringData.value, revision: only(resources, ":Release").inputs.values.revision as string };
    };
    const { stringData, revision } = await made("one");
    assert.deepEqual(stringData, { recovery: "one", gateway: gatewayKey("one") });
    assert.notEqual(revision, (await made("another")).revision);
  });
});

describe("the keys of backups", () => {
  it("are the same in the shell, in the door and here; one tells nothing of another", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-keys-"));
    try {
      writeFileSync(join(folder, "recovery"), "a key; with 'odd' letters\n");
      const script = execFileSync("sed", [`s#/keys/recovery#${folder}/recovery#`, join(files, "derive.sh")], { encoding: "utf8" });
      const derived = execFileSync("sh", ["-euc", `${script}\nderive acme/0a1b2c3d`], { encoding: "utf8" }).trim();
      assert.equal(derived, repositoryKeys("a key; with 'odd' letters", "acme/0a1b2c3d").password);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const { login, password } = repositoryKeys("key", "acme/0a1b2c3d");
    const all = [login, password, gatewayKey("key"), derivedKey("key", "acme/0a1b2c3e"), repositoryKeys("other", "acme/0a1b2c3d").login];
    assert.equal(new Set(all).size, all.length);
    assert.equal(repositoryOf("acme", "0a1b2c3d-1111-2222-3333-444455556666"), "acme/0a1b2c3d");
  });
});

describe("the backup gateway's door", () => {
  const repository = "acme/0a1b2c3d";
  const { login } = repositoryKeys("recovery", repository);
  let folder: string;
  let storage: Server;
  let asked: string[] = [];
  let door: ReturnType<typeof spawn>;
  let port: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-door-"));
    writeFileSync(join(folder, "gateway"), `${gatewayKey("recovery")}\n`);
    storage = createServer((ask, answer) => {
      asked.push(`${ask.method} ${ask.url} ${ask.headers.authorization ?? "-"}`);
      let body = "";
      ask.on("data", (chunk) => (body += chunk)).on("end", () => answer.writeHead(200, { "x-length": String(body.length) }).end("stored"));
    });
    await new Promise<void>((done) => storage.listen(0, "127.0.0.1", done));
    const free = createServer();
    await new Promise<void>((done) => free.listen(0, "127.0.0.1", done));
    port = (free.address() as AddressInfo).port;
    await new Promise((done) => free.close(done));
    door = spawn(process.execPath, [join(files, "door.mjs")], { env: { ...process.env, PORT: String(port), STORAGE_PORT: String((storage.address() as AddressInfo).port), KEY_FILE: join(folder, "gateway") }, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((done) => door.stdout!.on("data", (text) => String(text).includes("open") && done()));
  });
  after(() => {
    door.kill();
    storage.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => (asked = []));

  const ask = (path: string, { method = "GET", password, body }: { method?: string; password?: string; body?: string } = {}) =>
    new Promise<{ status: number; length?: string }>((resolve, reject) => {
      const headers = password === undefined ? {} : { authorization: `Basic ${Buffer.from(`acme:${password}`).toString("base64")}` };
      request({ host: "127.0.0.1", port, path, method, headers }, (answer) => answer.resume().on("end", () => resolve({ status: answer.statusCode!, length: answer.headers["x-length"] as string }))).on("error", reject).end(body);
    });
  const name = "a".repeat(64);

  it("lets a store to its own repository, with all that restic asks for", async () => {
    const large = "x".repeat(3_000_000);
    assert.deepEqual(await ask(`/${repository}/data/${name}`, { method: "POST", password: login, body: large }), { status: 200, length: String(large.length) });
    for (const path of ["config", "keys/", `locks/${name}`, "?create=true", `snapshots/${name}`, "index/"]) assert.equal((await ask(`/${repository}/${path}`, { password: login })).status, 200, path);
    assert.ok(asked.every((line) => line.endsWith(" -")), "the login goes no further");
  });

  it("to no other, not without a login, and to nothing else behind it", async () => {
    assert.equal((await ask(`/${repository}/config`)).status, 401);
    assert.equal((await ask(`/${repository}/config`, { password: "wrong" })).status, 403);
    assert.equal((await ask("/bloom/0a1b2c3d/config", { password: login })).status, 403);
    assert.equal((await ask("/acme/0a1b2c3e/config", { password: login })).status, 403);
    for (const path of ["/", "/acme/", `/${repository}`, `/${repository}/../../bloom/0a1b2c3d/config`, `/${repository}/data/../config`, `/${repository}/data/%2e%2e/config`, `/${repository}/config?x`, "//acme/0a1b2c3d/config", `/${repository}/data/${name}/`]) {
      assert.equal((await ask(path, { password: login })).status, 404, path);
    }
    assert.deepEqual(asked, []);
  });

  it("says whether it lives and whether the storage answers", async () => {
    assert.deepEqual([(await ask("/-/live")).status, (await ask("/-/ready")).status], [200, 200]);
    await new Promise((done) => storage.close(done));
    storage.closeAllConnections();
    assert.deepEqual([(await ask("/-/live")).status, (await ask("/-/ready")).status, (await ask(`/${repository}/config`, { password: login })).status], [200, 502, 502]);
  });
});
