import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsOf } from "../../../../scripts/operations/metrics";
import { serveMetrics } from "../../../../scripts/operations/serve-metrics";
import type { FleetStatus, StoreStatus } from "../../../../scripts/operations/status";
import { fleetOf, specOf } from "../../helpers/fleet";
import { promtool } from "../../helpers/promtool";

const store = (name: string, more: Partial<StoreStatus> = {}): StoreStatus => ({
  name, engine: "woocommerce", phase: "READY", url: "", namespace: `store-${name}`, stack: `local.${name}`, createdAt: "2026-01-01T00:00:00Z", provisionSeconds: 17.5, reason: null, certificates: [], listed: true, plan: "small", protected: false, ...more,
});
const fleet = (stores: StoreStatus[], more: Partial<FleetStatus> = {}): FleetStatus => ({ env: "local", simulated: false, stores, listProblem: null, environmentProblem: null, isolation: "trusted", isolationProblem: null, rollout: null, ...more });

/** Each series by its name and labels. */
const parsed = (text: string) => new Map(text.trimEnd().split("\n").filter((line) => !line.startsWith("#")).map((line): [string, number] => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]));

describe("metrics", () => {
  it("count stores by engine and phase, and tell of each whether it is well", async () => {
    const { text, contentType } = await metricsOf(fleet([store("acme"), store("bloom", { phase: "FAILED", reason: "no image" }), store("cargo", { engine: "medusa", phase: "PROVISIONING", provisionSeconds: null })]), undefined, 1_700_000_000_999);
    const series = parsed(text);
    assert.match(contentType, /^text\/plain; version=0\.0\.4/);
    const values = (names: string[]) => names.map((name) => series.get(name));
    assert.deepEqual(values(["READY", "FAILED", "SUSPENDED"].map((phase) => `storefleet_stores{env="local",engine="woocommerce",phase="${phase}"}`)), [1, 1, 0]);
    assert.deepEqual(values(["acme", "bloom", "cargo"].map((name) => `storefleet_store_ready{env="local",store="${name}"}`)), [1, 0, 0]);
    assert.deepEqual(values(["acme", "cargo"].map((name) => `storefleet_store_ready_seconds{env="local",store="${name}"}`)), [17.5, undefined]);
    assert.equal(series.get('storefleet_store_info{env="local",store="cargo",engine="medusa",plan="",namespace="store-cargo"}'), 1);
    assert.deepEqual(values(['storefleet_list_valid{env="local"}', 'storefleet_environment_current{env="local"}', 'storefleet_snapshot_timestamp_seconds{env="local"}']), [1, 1, 1_700_000_000]);
    assert.ok(![...series.keys()].some((name) => name.includes("pending")), "what is pending is not known without the list");
  });

  it("tell when the certificate of each host ends, and of one that is missing", async () => {
    const certificates = [{ host: "store-acme.example.com", notAfter: "2027-01-01T00:00:00Z", reason: null }, { host: "shop.example.org", notAfter: null, reason: "no DNS" }];
    const series = parsed((await metricsOf(fleet([store("acme", { certificates })]), undefined)).text);
    const of = (host: string) => series.get(`storefleet_certificate_not_after_seconds{env="local",store="acme",host="${host}"}`);
    assert.deepEqual([of("store-acme.example.com"), of("shop.example.org")], [1_798_761_600, 0]);
  });

  it("tell of a list that can not be read, and of an environment that is not current", async () => {
    const series = parsed((await metricsOf(fleet([], { listProblem: "wrong", environmentProblem: "old" }), undefined)).text);
    assert.deepEqual(['storefleet_list_valid{env="local"}', 'storefleet_environment_current{env="local"}'].map((name) => series.get(name)), [0, 0]);
  });

  it("are what Prometheus takes, whatever a name or a host holds", async () => {
    const certificates = [{ host: 'a"b\\c.example.com', notAfter: null, reason: null }];
    const whole = await metricsOf(fleet([store("acme", { certificates }), store("bloom", { phase: "FAILED" })], { isolation: "open", listProblem: "wrong" }), fleetOf([specOf("acme")], []));
    const check = async (input: string) => spawnSync(await promtool(), ["check", "metrics"], { input, encoding: "utf8" });
    const { status, stdout, stderr } = await check(whole.text);
    assert.deepEqual([status, stdout + stderr], [0, ""]);
    assert.notEqual((await check(`${whole.text}storefleet_store_ready{env="local" 1\n`)).status, 0);
  }).timeout(10 * 60_000);

  it("of a thousand stores are made within a second, and are not too many", async () => {
    const stores = Array.from({ length: 1000 }, (_, index) => store(`shop-${index}`));
    const begun = performance.now();
    const { text } = await metricsOf(fleet(stores), undefined);
    assert.ok(performance.now() - begun < 1000, `${performance.now() - begun} ms`);
    assert.ok(parsed(text).size < 4000);
  });
});

describe("metrics at an address", () => {
  const serve = async (read: () => Promise<{ contentType: string; text: string }>, use: (url: string) => Promise<void>) => {
    const stop = new AbortController();
    let serving: Promise<void> | undefined;
    const address = await new Promise<string>((resolve, reject) => {
      serving = serveMetrics(read, { host: "127.0.0.1", port: 0 }, stop.signal, resolve);
      serving.catch(reject);
    });
    await use(address).finally(() => stop.abort());
    await serving;
  };
  const answer = { contentType: "text/plain; version=0.0.4", text: "storefleet_stores 1\n" };

  it("are looked up once for scrapers that come together, and say so when that fails", async () => {
    let [looks, failing] = [0, true];
    const read = async () => {
      looks += 1;
      if (failing) throw new Error("the cluster does not answer");
      return answer;
    };
    await serve(read, async (url) => {
      const down = await fetch(url);
      assert.deepEqual([down.status, await down.text()], [503, "the cluster does not answer\n"]);
      failing = false;
      const both = await Promise.all([fetch(url), fetch(`${url}?x=1`)]);
      assert.deepEqual(both.map(({ status, headers }) => [status, headers.get("content-type")]), [[200, answer.contentType], [200, answer.contentType]]);
      assert.deepEqual(await Promise.all(both.map((it) => it.text())), [answer.text, answer.text]);
      assert.equal(looks, 2, "one that failed, and one for all");
      assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
      assert.deepEqual([(await fetch(url.replace("/metrics", "/"))).status, (await fetch(url, { method: "POST" })).status], [404, 405]);
    });
  });

  it("name an address that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await assert.rejects(serveMetrics(async () => answer, { host: "127.0.0.1", port }, new AbortController().signal, () => {}), new RegExp(`can not be served at 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`));
    other.close();
  });
});
