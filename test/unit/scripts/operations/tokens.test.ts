import assert from "node:assert/strict";
import { UserError } from "../../../../config/errors";
import type { Session } from "../../../../scripts/engine/session";
import { readTrail } from "../../../../scripts/operations/records/audit";
import { createToken, listTokens, revokeToken, tokensOfCluster } from "../../../../scripts/operations/tokens";
import { KubeError } from "../../../../kube";
import { FakeKube } from "../../helpers/fake-kube";

const day = 86_400;
const scope = { env: "local" as const };
const secret = "/api/v1/namespaces/storefleet-control/secrets/storefleet-tokens";

describe("tokens of a cluster", () => {
  let kube: FakeKube;
  let session: Session;
  let now = Date.parse("2026-11-27T12:00:00Z");

  beforeEach(() => {
    kube = new FakeKube();
    kube.now = () => now;
    session = { env: "local", kube: kube.asKube } as unknown as Session;
  });

  const create = (name: string, lifetime = day) => createToken(scope, { name, scopes: ["read", "write"], lifetime }, session);
  const open = (said: string[] = []) => tokensOfCluster(session, (text) => void said.push(text), () => now);

  it("are told once, and kept by their digest alone", async () => {
    const { token, id } = await create("pipeline");
    assert.match(token, new RegExp(`^sf_${id}_[\\w-]{43}$`));
    const stored = Object.values(kube.objects.get(secret)!.data!).map((text) => Buffer.from(text, "base64").toString()).join();
    for (const place of [stored, JSON.stringify(await listTokens(scope, session)), JSON.stringify(await readTrail(kube.asKube))]) assert.ok(!place.includes(token.slice(-43)), place);
    const found = await open().find(id);
    assert.deepEqual([found?.name, found?.scopes, found?.expires], ["pipeline", ["read", "write"], now + day * 1000]);
  });

  it("several stand beside each other; one that is revoked is gone for good, the others stay", async () => {
    const [one, two] = [await create("one"), await create("two")];
    assert.deepEqual((await listTokens(scope, session)).map(({ name }) => name).sort(), ["one", "two"]);
    await revokeToken(scope, one.id, session);
    const tokens = open();
    assert.equal(await tokens.find(one.id), undefined);
    assert.equal((await tokens.find(two.id))?.name, "two");
    await assert.rejects(revokeToken(scope, one.id, session), (error: Error) => error instanceof UserError && error.code === "usage");
    assert.deepEqual((await readTrail(kube.asKube)).entries.map(({ action }) => action), ["token.created", "token.created", "token.revoked"]);
  });

  it("are refused for longer than a year, and under a name that is none", async () => {
    await assert.rejects(create("pipeline", 366 * day), /a year at most/);
    for (const name of ["", "a\nb", " x", "x".repeat(64)]) await assert.rejects(create(name), /no name of a token/, JSON.stringify(name));
    assert.equal(kube.objects.has(secret), false);
  });

  it("are not made while the trail can not be written", async () => {
    kube.before = (path) => {
      if (path.includes("storefleet-audit") || path.endsWith("/configmaps")) throw new KubeError(503, "away");
    };
    await assert.rejects(create("pipeline"), /away/);
    assert.equal(kube.objects.has(secret), false);
  });

  it("are read once in ten seconds, however many ask, and so revoked within them", async () => {
    const { id } = await create("pipeline");
    const tokens = open();
    const reads = () => kube.reads.filter(({ path }) => path === secret).length;
    const before = reads();
    await Promise.all(Array.from({ length: 20 }, () => tokens.find(id)));
    assert.equal(reads() - before, 1);
    await revokeToken(scope, id, session);
    now += 10_001;
    assert.equal(await tokens.find(id), undefined);
  });

  it("hold for a minute without the cluster, and then nobody knows", async () => {
    const { id } = await create("pipeline");
    const tokens = open();
    await tokens.find(id);
    kube.before = () => {
      throw new KubeError(503, "away");
    };
    now += 50_000;
    assert.equal((await tokens.find(id))?.name, "pipeline");
    now += 20_000;
    await assert.rejects(tokens.find(id), /away/);
    kube.before = () => {};
    assert.equal((await tokens.find(id))?.name, "pipeline");
  });

  it("there are none for an account that may not read them, which is said once", async () => {
    const { id } = await create("pipeline");
    kube.before = () => {
      throw new KubeError(403, "may not");
    };
    const said: string[] = [];
    const tokens = open(said);
    assert.equal(await tokens.find(id), undefined);
    now += 10_001;
    assert.equal(await tokens.find(id), undefined);
    assert.deepEqual(said.map((line) => /may not read the cluster's tokens/.test(line)), [true]);
  });

  it("what somebody wrote among them by hand is none", async () => {
    const { id } = await create("pipeline");
    kube.objects.get(secret)!.data!["0123456789ab"] = Buffer.from('{"name":"forged","scopes":["everything"]}').toString("base64");
    assert.deepEqual((await listTokens(scope, session)).map((it) => it.id), [id]);
  });
});
