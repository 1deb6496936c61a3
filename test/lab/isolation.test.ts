import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../e2e/helpers/until";
import { Connections, Outside, outsideAt, type Place, type Target } from "./connections";
import { Lab, say, timed } from "./lab";
import { PolicyAgent } from "./policy-agent";

const stranger: Place = { namespace: "strangers", labels: "app=stranger" };

/** Who reaches whom, with the policies of two shops, on a node that enforces them and on one that does not. */
describe("Isolation in the lab", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();
  const connections = new Connections(lab);
  const others = new Outside();
  let agent: PolicyAgent;

  const of = (store: string, app: string): Place => ({ namespace: lab.namespace(store), labels: `app=${app}` });
  const [server, storefront, worker, postgres, redis] = ["medusa-server", "medusa-storefront", "medusa-worker", "postgres", "redis"].map((app) => of("medusa", app)) as [Place, Place, Place, Place, Place];
  const [wordpress, mariadb] = ["wordpress", "mariadb"].map((app) => of("woo", app)) as [Place, Place];
  const controller: Place = { namespace: "kube-system", labels: "app.kubernetes.io/name=traefik" };
  const dns: Place = { namespace: "kube-system", labels: "k8s-app=kube-dns" };
  const mail: Place = { namespace: "storefleet-mail", labels: "app.kubernetes.io/name=mail-catcher" };
  const at = (pod: Place, port: number): Target => ({ pod, port });
  const api: Target = { address: "10.89.0.1", port: 6443 };

  const allowed: [string, Place, Target][] = [
    ["the ingress controller → Medusa's server", controller, at(server, 9000)],
    ["the ingress controller → Medusa's storefront", controller, at(storefront, 8000)],
    ["the ingress controller → WordPress", controller, at(wordpress, 8080)],
    ["Medusa's server → its Postgres", server, at(postgres, 5432)],
    ["Medusa's server → its Redis", server, at(redis, 6379)],
    ["Medusa's worker → its Postgres", worker, at(postgres, 5432)],
    ["Medusa's storefront → its server", storefront, at(server, 9000)],
    ["WordPress → its MariaDB", wordpress, at(mariadb, 3306)],
    ["a store → DNS", server, at(dns, 53)],
    ["a store → the mail server", wordpress, at(mail, 1025)],
    ["a stranger → the internet", stranger, outsideAt("public")],
    ["a stranger → the private network", stranger, outsideAt("lan")],
  ];
  const forbidden: [string, Place, Target][] = [
    ["Medusa's storefront → its Postgres", storefront, at(postgres, 5432)],
    ["Medusa's storefront → its Redis", storefront, at(redis, 6379)],
    ["Medusa's Postgres → its Redis", postgres, at(redis, 6379)],
    ["Medusa → another store's WordPress", server, at(wordpress, 8080)],
    ["Medusa → another store's MariaDB", server, at(mariadb, 3306)],
    ["WordPress → another store's Medusa", wordpress, at(server, 9000)],
    ["WordPress → another store's Postgres", wordpress, at(postgres, 5432)],
    ["WordPress → another store's Redis", wordpress, at(redis, 6379)],
    ["a stranger → a store's server", stranger, at(server, 9000)],
    ["a stranger → a store's Postgres", stranger, at(postgres, 5432)],
    ["a stranger → a store's MariaDB", stranger, at(mariadb, 3306)],
    ["a stranger → the mail catcher", stranger, at(mail, 1025)],
    ["the ingress controller → a store's Postgres", controller, at(postgres, 5432)],
    ["the ingress controller → a store's MariaDB", controller, at(mariadb, 3306)],
    ["a store → the ingress controller", server, at(controller, 8000)],
    ["a store → the page of the caught mails", wordpress, at(mail, 8025)],
    ["Medusa → the cloud's metadata", server, outsideAt("metadata")],
    ["WordPress → the cloud's metadata", wordpress, outsideAt("metadata")],
    ["a store → the private network", server, outsideAt("lan")],
    ["a store → the internet, as the settings have it", server, outsideAt("public")],
    ["a store → the API server", wordpress, api],
  ];

  /** Those of `rows` that come out otherwise. */
  async function wrong(rows: typeof allowed, expected: boolean): Promise<string[]> {
    const found = await Promise.all(rows.map(async ([title, from, to]) => ((await connections.reaches(from, to)) === expected ? [] : [title])));
    return found.flat();
  }
  const allWrong = async () => [...(await wrong(allowed, true)), ...(await wrong(forbidden, false))];
  const allRight = (seconds: number) => until("the matrix is right", async () => (await allWrong()).length === 0, seconds);

  before(async () => {
    agent = new PolicyAgent(lab.folder);
    lab.settings({ isolation: "required" });
    lab.list('{ name: medusa, engine: medusa }', '{ name: woo, engine: woocommerce }');
    await others.open();
  });
  after(async () => {
    others.close();
    await agent.stop();
    await lab.kubectl("delete", "namespace", stranger.namespace, "--ignore-not-found");
    await lab.remove();
  });

  it("is not there without an agent, which `cluster up` finds and `apply` heeds", async () => {
    const { value: up, seconds } = await timed(() => lab.up());
    say(`cluster up, its probe included: ${seconds.toFixed(1)} s`);
    assert.match(up.stderr, /the cluster does not enforce network policies/);
    const { code, stderr } = await lab.stores("apply");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /does not enforce network policies.*; nothing was done/);
    assert.equal((await lab.json<{ isolation: string }>("status")).isolation, "open");
  });

  it("is found once there is one, and the shops sell behind their walls", async () => {
    agent.start();
    // Until its first rules are there, a probe finds what was before.
    await until("cluster up finds the walls", async () => /network policies: enforced/.test((await lab.up()).stderr), 120);
    assert.doesNotMatch((await lab.up()).stderr, /network policies/);
    await lab.ok("apply");
    for (const store of ["medusa", "woo"]) assert.equal((await lab.verify(store)).passed, true, store);
  });

  it(`lets ${allowed.length} connections through and no other of ${forbidden.length}`, async () => {
    await lab.kubectl("create", "namespace", stranger.namespace);
    await lab.kubectl("--namespace", stranger.namespace, "run", "stranger", "--labels=app=stranger", "--image=redis:7.0", "--image-pull-policy=IfNotPresent", "--command", "--", "sleep", "infinity");
    await lab.kubectl("--namespace", stranger.namespace, "wait", "--for=condition=Ready", "pod/stranger", "--timeout=60s");
    const { value, seconds } = await timed(allWrong);
    say(`${allowed.length + forbidden.length} connections in ${seconds.toFixed(1)} s`);
    assert.deepEqual(value, []);
    assert.ok(seconds < 60);
  });

  it("holds for a pod that came back with another address", async () => {
    for (const [store, pod] of [["medusa", "medusa-postgres-0"], ["woo", "woocommerce-mariadb-0"]] as const) {
      await lab.inStore(store, "delete", "pod", pod);
      await lab.inStore(store, "wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=120s");
    }
    await allRight(60);
    for (const store of ["medusa", "woo"]) await until(`${store} sells`, async () => (await lab.stores("verify", store)).code === 0, 90);
  });

  it("opens the internet, and nothing else, where the settings allow it", async () => {
    lab.settings({ isolation: "required", egress: "allow" });
    await lab.up();
    await lab.ok("apply");
    const isOutside = ([title]: (typeof forbidden)[number]) => title.startsWith("a store → the internet");
    await until("stores reach the internet", async () => (await wrong(forbidden.filter(isOutside), true)).length === 0, 60);
    assert.deepEqual([...(await wrong(allowed, true)), ...(await wrong(forbidden.filter((row) => !isOutside(row)), false))], []);
  });

  it("is gone without the agent: the matrix tells the difference", async () => {
    await agent.stop();
    const open = await wrong(forbidden, false);
    assert.deepEqual(open, forbidden.map(([title]) => title), readFileSync(join(lab.folder, "policy-agent.log"), "utf8").slice(-2000));
    assert.deepEqual(await wrong(allowed, true), []);
  });
});
