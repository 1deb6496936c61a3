import assert from "node:assert/strict";
import { ApiError } from "../../../../../../dashboard/src/api/client";
import { forEach, type Progress } from "../../../../../../dashboard/src/pages/fleet/each";

const problem = (code: string, retryAfter?: number) => new ApiError({ type: `urn:storefleet:problem:${code}`, title: "", status: 400, detail: `refused: ${code}`, instance: "" }, retryAfter);
const many = Array.from({ length: 9 }, (_, at) => `shop-${at}`);

describe("the same with each of many stores", () => {
  it("is asked for once of each, a few at a time, and told as it goes", async () => {
    const asked: string[] = [];
    const told: number[] = [];
    let [now, most] = [0, 0];
    const ask = async (name: string) => {
      asked.push(name);
      most = Math.max(most, ++now);
      await Promise.resolve();
      now -= 1;
    };
    assert.deepEqual(await forEach(many, ask, ({ done }) => told.push(done)), { done: 9, refused: [] });
    assert.deepEqual([asked.sort(), told, most], [many, [1, 2, 3, 4, 5, 6, 7, 8, 9], 4]);
  });

  it("goes on past a refusal, which is told with its store", async () => {
    const refusal = async (name: string) => {
      if (name === "shop-3") throw problem("protected");
    };
    const told: Progress[] = [];
    const { done, refused } = await forEach(many, refusal, (it) => told.push(it));
    assert.deepEqual([done, refused, told.at(-1)], [9, [{ name: "shop-3", why: "refused: protected" }], { done: 9, refused }]);
  });

  it("waits as long as the server says when that has had enough, and leaves nobody out", async () => {
    const [waits, granted]: [number[], string[]] = [[], []];
    let left = 5;
    const limited = async (name: string) => {
      if (left-- <= 0) throw problem("too-many", 30);
      granted.push(name);
    };
    await forEach(many, limited, () => undefined, async (seconds) => {
      waits.push(seconds);
      left = 100;
    });
    assert.deepEqual([granted.sort(), [...new Set(waits)]], [many, [30]]);
  });

  it("of none is nothing", async () => {
    assert.deepEqual(await forEach([], () => assert.fail(), () => assert.fail()), { done: 0, refused: [] });
  });
});
