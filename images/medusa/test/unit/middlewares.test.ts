import assert from "node:assert/strict";

import { requireUser } from "../../src/api/middlewares";

describe("requireUser", () => {
  /** What becomes of a request of an actor, where the only user is `user_1`. */
  async function outcome(actor?: { actor_type: string; actor_id: string }) {
    let result: unknown = "nothing";
    const users = { listUsers: async ({ id }: { id: string }) => (id === "user_1" ? [{ id }] : []) };
    const response = { status: (code: number) => ({ json: () => (result = code) }) };
    await requireUser({ auth_context: actor, scope: { resolve: () => users } } as never, response as never, () => (result = "passed"));
    return result;
  }

  it("lets in whom it knows, and whoever is no user", async () => {
    assert.equal(await outcome({ actor_type: "user", actor_id: "user_1" }), "passed");
    assert.equal(await outcome({ actor_type: "api-key", actor_id: "sk_1" }), "passed");
    assert.equal(await outcome(), "passed");
  });

  it("keeps out a login whose user is gone", async () => assert.equal(await outcome({ actor_type: "user", actor_id: "user_2" }), 401));
});
