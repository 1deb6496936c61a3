import assert from "node:assert/strict";
import { roomFor } from "../../../components/medusa";
import { plans, type MedusaSizes } from "../../../config/plans";
import { wallsFor } from "../../../stores/room";
import type { LivingWalls } from "../../../stores/living";

const { small, medium, large } = plans.medusa;
const wallsOf = (wanted: MedusaSizes, live: LivingWalls, digest = "wanted") => wallsFor(wanted, roomFor, digest, live);

/** What the cluster has when a program wrote such walls. */
const livingAs = (sizes: MedusaSizes, more: Partial<LivingWalls> = {}): LivingWalls => ({ ...roomFor(sizes), sizes: JSON.stringify(sizes), reached: "before", ...more });
const goal = (sizes: MedusaSizes) => ({ ...roomFor(sizes), sizes: JSON.stringify(sizes) });

describe("the walls of an operation", () => {
  it("fit the wanted sizes where nothing runs yet, where nothing changes, and where all grows", () => {
    assert.deepEqual(wallsOf(small, {}), goal(small));
    assert.deepEqual(wallsOf(small, livingAs(small)), goal(small));
    assert.deepEqual(wallsOf(large, livingAs(small)), goal(large));
  });

  it("keep the room of what becomes smaller, and the receipt says so", () => {
    assert.deepEqual(wallsOf(small, livingAs(large)), { ...goal(large), held: JSON.stringify(large) });
  });

  it("stay as they are when an operation is cut off and tried again, or turns back", () => {
    const first = wallsOf(small, livingAs(large));
    const cut: LivingWalls = { ...first, held: undefined, reached: "before" };
    assert.deepEqual(wallsOf(small, cut), first);
    // Grown half-way, and back to what the receipt has: the large pods run still.
    assert.deepEqual(wallsOf(small, livingAs(large, { reached: "wanted" })), first);
  });

  it("are lowered once a release with this digest is deployed under them", () => {
    const first = wallsOf(small, livingAs(large));
    assert.deepEqual(wallsOf(small, { ...first, reached: "another" }), first);
    assert.deepEqual(wallsOf(small, { ...first, reached: "wanted" }), goal(small));
    // Lowered, and killed before the receipt was written.
    assert.deepEqual(wallsOf(small, livingAs(small, { reached: "wanted", held: first.held })), goal(small));
  });

  it("hold both when one part gives to another", () => {
    const swapped = { ...medium, server: medium.worker, worker: medium.server };
    const both = { ...medium, worker: medium.server };
    const { quota, held } = wallsOf(swapped, livingAs(medium));
    assert.deepEqual(quota, roomFor(both).quota);
    assert.equal(held, JSON.stringify(both));
  });

  it("limit CPU only when pods of before and after have a limit", () => {
    const limited = (sizes: MedusaSizes, cpuLimit: string) => Object.fromEntries(Object.entries(sizes).map(([name, part]) => [name, name === "volumes" ? part : { ...part, cpuLimit }])) as MedusaSizes;
    const [one, two] = [limited(small, "1"), limited(small, "2")];
    assert.ok("limits.cpu" in wallsOf(one, {}).quota);
    assert.ok(!("limits.cpu" in wallsOf(one, livingAs(small)).quota));
    assert.ok(!("limits.cpu" in wallsOf(small, livingAs(one)).quota));
    assert.equal(wallsOf(one, livingAs(two)).quota["limits.cpu"], roomFor(two).quota["limits.cpu"]);
  });

  for (const sizes of [undefined, "no JSON", "{}", "null", JSON.stringify(plans.woocommerce.large)]) {
    it(`keep the larger of each limit where the sizes are not known: ${sizes?.slice(0, 20)}`, () => {
      const live = livingAs(large, { sizes });
      live.quota = { ...live.quota, pods: "1", "requests.cpu": "100" };
      const first = wallsOf(small, live);
      assert.equal(first.sizes, undefined);
      assert.deepEqual(first.quota, { ...roomFor(large).quota, pods: roomFor(small).quota.pods, "requests.cpu": "100" });
      assert.equal(first.containerMax.memory, "4Gi");
      assert.deepEqual(wallsOf(small, { ...first, held: undefined, reached: "before" }), first);
      assert.deepEqual(wallsOf(small, { ...first, reached: "wanted" }), goal(small));
    });
  }
});
