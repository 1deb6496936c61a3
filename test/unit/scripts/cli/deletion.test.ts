import assert from "node:assert/strict";
import { describeDeletion } from "../../../../scripts/cli/ui/deletion";

describe("before stores are deleted", () => {
  it("environment, cluster and what is lost are shown", () => {
    const now = Date.parse("2026-11-25T00:00:00Z");
    const stores = [
      { name: "acme", createdAt: "2026-11-22T20:00:00Z", volumes: { count: 2, bytes: 18 * 2 ** 30 }, orders: 1204 },
      { name: "cargo", createdAt: "2026-11-24T23:59:00Z", volumes: null, orders: null },
      { name: "ghost", createdAt: null, volumes: { count: 0, bytes: 0 }, orders: null },
    ];
    const shown = describeDeletion({ env: "prod", cluster: { context: "prod-eu", server: "https://k8s.example.com" }, stores, saved: true, typed: "prod" }, now);
    assert.equal(shown, [
      "To be deleted with all data, in environment prod on context prod-eu (https://k8s.example.com):",
      "STORE  AGE                 VOLUMES     ORDERS",
      "acme   2d 4h               2 (18 GiB)  1204",
      "cargo  1m 0s               unknown     unknown",
      "ghost  not on the cluster  0           -",
      "A backup of each is made before.",
    ].join("\n"));
  });
});
