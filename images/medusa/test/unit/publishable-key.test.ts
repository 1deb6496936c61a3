import assert from "node:assert/strict";

import { publishableKey, type ApiKey } from "../../src/shop/publishable-key";

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
