import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { publishableKey, writeKey, type ApiKey } from "../../src/seed/publishable-key";

const key = (id: string, created: string, channels: string[], revoked: string | null = null): ApiKey => ({
  id,
  token: `pk_${id}`,
  created_by: null,
  created_at: created,
  revoked_at: revoked,
  sales_channels: channels.map((channel) => ({ id: channel })),
});

describe("publishableKey", () => {
  it("is the channel's oldest one that is not revoked", () => {
    const keys = [
      key("young", "2026-03-01", ["web"]),
      key("revoked", "2026-01-01", ["web"], "2026-01-02"),
      key("other", "2026-01-01", ["shop"]),
      key("old", "2026-02-01", ["shop", "web"]),
    ];
    assert.equal(publishableKey(keys, "web")?.id, "old");
  });

  it("is none where no key is tied to the channel", () => {
    assert.equal(publishableKey([{ ...key("loose", "2026-01-01", []), sales_channels: undefined }, key("shop", "2026-01-01", ["shop"])], "web"), undefined);
  });
});

describe("writeKey", () => {
  it("leaves the bare key in the file and nothing beside it, in place of an older one", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-key-"));
    try {
      const file = join(folder, "key");
      writeFileSync(file, "pk_older_and_longer");
      writeKey(file, "pk_new");
      assert.equal(readFileSync(file, "utf8"), "pk_new");
      assert.deepEqual(readdirSync(folder), ["key"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names the file that it can not write", () => {
    assert.throws(() => writeKey("/nowhere/key", "pk"), /\/nowhere\/key/);
  });
});
