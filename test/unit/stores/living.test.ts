import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { receiptName } from "../../../stores/labels";
import { livingIn, nothingLives, type Living } from "../../../stores/living";

const namespace = "/api/v1/namespaces/store-acme-00000000";

describe("what lives in a namespace", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-living-"));
  const saved = process.env.KUBECONFIG;
  const objects: Record<string, object> = {};
  const asked: string[] = [];
  let server: Server;
  let refusal: number | undefined;
  let contexts = 0;

  before(async () => {
    server = createServer(({ url = "", headers }, response) => {
      asked.push(url);
      const found = headers.authorization === "Bearer a-token" ? objects[url] : undefined;
      const code = refusal ?? (found ? 200 : 404);
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(found ?? { kind: "Status", message: `answer ${code}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    if (saved === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = saved;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    refusal = undefined;
    for (const url of Object.keys(objects)) delete objects[url];
    objects[namespace] = {};
  });

  /** Connections are kept by context, so every case has one of its own; two files, as kubectl takes them. */
  function living(port = (server.address() as AddressInfo).port) {
    const context = `context-${++contexts}`;
    const files = { cluster: join(folder, "cluster"), user: join(folder, "user") };
    const clusters = [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }];
    writeFileSync(files.cluster, JSON.stringify({ clusters, contexts: [{ name: context, context: { cluster: "c", user: "u" } }], "current-context": "another" }));
    writeFileSync(files.user, JSON.stringify({ clusters: [], contexts: [], users: [{ name: "u", user: { token: "a-token" } }] }));
    process.env.KUBECONFIG = `${files.cluster}:${files.user}`;
    return livingIn("store-acme-00000000", context);
  }

  it("a Secret's values are decoded", async () => {
    objects[`${namespace}/secrets/medusa-database`] = { metadata: { annotations: { a: "b" } }, data: { password: Buffer.from("pass wörd").toString("base64") } };
    const { revision, ...found } = (await living().secret("medusa-database"))!;
    assert.deepEqual([found, /^[0-9a-f]{16}$/.test(revision)], [{ values: { password: "pass wörd" }, annotations: { a: "b" } }, true]);
    objects[`${namespace}/secrets/empty`] = {};
    assert.deepEqual((await living().secret("empty"))?.values, {});
  });

  it("the walls are those of the namespace, and the receipt tells what was reached", async () => {
    objects[`${namespace}/resourcequotas/quota`] = { spec: { hard: { pods: "8", "limits.memory": "4Gi" } } };
    objects[`${namespace}/limitranges/limits`] = { spec: { limits: [{ type: "Pod", max: { memory: "1Gi" } }, { type: "Container", max: { memory: "4Gi" } }] } };
    objects[`${namespace}/configmaps/${receiptName}`] = { data: { digest: "d1", outsideSecrets: JSON.stringify({ admin: { name: "acme-admin", revision: "1" } }) } };
    assert.deepEqual(await living().walls(), { quota: { pods: "8", "limits.memory": "4Gi" }, containerMax: { memory: "4Gi" }, sizes: undefined, reached: "d1", held: undefined, outside: { admin: { name: "acme-admin", revision: "1" } } });
  });

  it("nothing lives in a namespace that is missing or empty", async () => {
    const nobody = { quota: undefined, containerMax: undefined, sizes: undefined, reached: undefined, held: undefined, outside: {} };
    assert.deepEqual([await living().secret("medusa-app"), await living().walls()], [undefined, nobody]);
    delete objects[namespace];
    asked.splice(0);
    assert.deepEqual([await living().secret("medusa-app"), await living().walls()], [undefined, nobody]);
    // Who may read what is in stores' namespaces only, may not read there.
    assert.deepEqual(asked.filter((url) => /secrets|quotas|ranges/.test(url)), []);
    assert.deepEqual([await nothingLives.secret("medusa-app"), await nothingLives.walls()], [undefined, {}]);
  });

  it("is managed from the moment that the API server heeds the rights", async () => {
    const review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    objects[review] = { get status() {
      return { allowed: asked.filter((url) => url === review).length > 2 };
    } };
    asked.splice(0);
    await living().mayManage();
    assert.deepEqual(asked, [review, review, review]);
  });

  it("a cluster that does not tell is an error with its reason, never an empty namespace", async () => {
    const fails = async (it: Living, reason: RegExp) => {
      for (const question of [it.secret("medusa-app"), it.walls()]) {
        await assert.rejects(question, (error: UserError) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, reason);
          assert.match(error.hint ?? "", /kubectl --context context-\d+ works; nothing is written/);
          return true;
        });
      }
    };
    for (const code of [401, 403, 500]) {
      refusal = code;
      await fails(living(), new RegExp(`^what lives on the cluster "context-\\d+" is not known: .*(answer|HTTP) ${code}$`));
    }
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await fails(living(port), /ECONNREFUSED/);
    living();
    await fails(livingIn("store-acme-00000000", "context-0"), /the kubeconfig has no context "context-0"/);
  });
});
