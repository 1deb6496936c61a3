import assert from "node:assert/strict";
import { Claims } from "../../../../scripts/engine/claims";
import { placed, type PlacedProcess } from "../../../../scripts/machine/os/placed-process";
import { KubeError } from "../../../../kube";
import { FakeKube } from "../../helpers/fake-kube";

const lease = "/apis/coordination.k8s.io/v1/namespaces/storefleet-control/leases/store-shop";
const elsewhere: PlacedProcess = { pid: 42, identity: "of another machine", place: { boot: "another", machine: "another", namespace: "pid:[1]" } };
const gone = (): PlacedProcess => ({ ...placed(process.pid), pid: 4_000_000, identity: "ended" });
const never = () => assert.fail("lost");

function cluster() {
  const kube = new FakeKube();
  let now = Date.parse("2026-11-27T12:00:00Z");
  kube.now = () => now;
  const claims = (inWords: string, process: PlacedProcess = elsewhere) => new Claims(kube.asKube, { env: "local", inWords, process });
  return { kube, claims, later: (seconds: number) => (now += seconds * 1000) };
}

describe("claims on stores", () => {
  it("are had by one, and told to others; given back, nothing is left", async () => {
    const { kube, claims } = cluster();
    const [mine, theirs] = [claims("mine"), claims("theirs")];
    assert.equal(await mine.take("shop", never), undefined);
    assert.equal(await mine.take("shop", never), undefined, "taken again by the same");
    assert.equal(await theirs.take("shop", never), "mine");
    assert.equal(await theirs.take("bikes", never), undefined);
    await theirs.giveBack("shop");
    assert.ok(kube.objects.has(lease), "given back by somebody who had not got it");
    await mine.giveBack("shop");
    assert.equal(await theirs.take("shop", never), undefined);
    await theirs.giveBack("shop");
    await theirs.giveBack("bikes");
    assert.deepEqual([...kube.objects.keys()], []);
  });

  it("one of two that ask at the same time gets it", async () => {
    const { claims } = cluster();
    const got = await Promise.all(["a", "b", "c"].map((name) => claims(name).take("shop", never)));
    assert.equal(got.filter((it) => it === undefined).length, 1);
  });

  it("hold as long as they are renewed, by the clock of the API server", async () => {
    const { claims, later } = cluster();
    const [mine, theirs] = [claims("mine"), claims("theirs")];
    await mine.take("shop", never);
    for (let round = 0; round < 5; round++) {
      later(10);
      await mine.renew();
      assert.equal(await theirs.take("shop", never), "mine");
    }
    later(16);
    assert.equal(await theirs.take("shop", never), undefined);
  });

  it("whoever lost one to somebody else learns of it, and does not take theirs away", async () => {
    const { kube, claims, later } = cluster();
    const [frozen, other] = [claims("frozen"), claims("other")];
    let lost = 0;
    await frozen.take("shop", () => (lost += 1));
    later(16);
    await other.take("shop", never);
    await frozen.renew();
    await frozen.renew();
    assert.equal(lost, 1);
    await frozen.giveBack("shop");
    assert.equal(kube.objects.get(lease)?.spec?.holderIdentity, "other");
  });

  it("are not lost to a note that somebody made on them, nor to an API server that is away", async () => {
    const { kube, claims } = cluster();
    const mine = claims("mine");
    await mine.take("shop", never);
    await kube.merge(lease, { metadata: { annotations: { seen: "yes" } } });
    await mine.renew();
    await mine.renew();
    kube.before = () => {
      throw new KubeError(503, "away");
    };
    await mine.renew();
    kube.before = () => {};
    await mine.renew();
    assert.equal(await claims("theirs").take("shop", never), "mine");
  });

  it("of a process that is known to be gone are free at once; of a machine that is only called alike they are not", async () => {
    const { claims } = cluster();
    await claims("killed", gone()).take("shop", never);
    assert.equal(await claims("next").take("shop", never), undefined);
    const { claims: others } = cluster();
    const sameImage = { ...gone(), place: { ...gone().place, boot: "another" } };
    await others("killed elsewhere", sameImage).take("shop", never);
    assert.equal(await others("next").take("shop", never), "killed elsewhere");
  });

  it("of this very process, which lives, are not free", async () => {
    const { claims } = cluster();
    await claims("alive", placed(process.pid)).take("shop", never);
    assert.equal(await claims("next").take("shop", never), "alive");
  });
});
