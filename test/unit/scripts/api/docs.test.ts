import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { ownCodes } from "../../../../scripts/api/http/problem";
import { scopes } from "../../../../scripts/operations/token-scopes";
import { ApiClient } from "../../helpers/api-client";

describe("docs/api.md", () => {
  const page = readFileSync(join(projectRoot, "docs/api.md"), "utf8");

  it("asks for what there is", async () => {
    const client = new ApiClient();
    const asked = [...page.matchAll(/^ {4}curl (?!-X).*?'?http:\/\/127\.0\.0\.1:8000([^'\s]+)/gm)].map(([, path]) => path!);
    assert.ok(asked.length > 5);
    for (const path of asked) {
      const { status, response } = await client.ask({ path, token: "admin" });
      assert.equal(status, 200, path);
      await response.body?.cancel().catch(() => undefined);
    }
    client.api.streams.close();
  });

  it("has every scope and every code of its own", () => {
    const codes = [...page.matchAll(/`([a-z-]+)`/g)].map(([, word]) => word!);
    for (const name of [...scopes, ...Object.keys(ownCodes)]) assert.ok(codes.includes(name), name);
  });
});
