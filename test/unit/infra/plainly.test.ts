import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { UserError } from "../../../config/errors";
import { plainly } from "../../../infra/plainly";

describe("what a program says to people", () => {
  const thrown = (error: Error) => plainly(() => Promise.reject(error)).catch((it: Error) => it);

  it("is printed by Pulumi as it is, with the way on", async () => {
    const error = await thrown(new UserError("it is not there", "Make it: make it"));
    assert.ok(RunError.isInstance(error));
    assert.deepEqual([error.message, error.stack], ["it is not there\nMake it: make it", undefined]);
    assert.equal((await thrown(new UserError("just this"))).message, "just this");
  });

  it("is told from a defect, which keeps its stack", async () => {
    const defect = new TypeError("x is undefined");
    assert.equal(await thrown(defect), defect);
    assert.match(defect.stack!, /plainly\.test/);
    assert.equal(await plainly(async () => 1), 1);
  });
});
