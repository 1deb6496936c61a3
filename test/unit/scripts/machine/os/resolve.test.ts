import assert from "node:assert/strict";
import { resolveHosts } from "../../../../../scripts/machine/os/resolve";
import { run } from "../../../../../scripts/machine/os/run";

describe("resolving hosts", () => {
  it("finds what this machine knows, and says nothing of the rest", async () => {
    const found = await resolveHosts(["localhost", "no-such-host.invalid"]);
    assert.ok(found.get("localhost")?.some((address) => ["127.0.0.1", "::1"].includes(address)));
    assert.deepEqual(found.get("no-such-host.invalid") ?? [], []);
  });

  it("waits for no answer that takes long, and keeps those that came before", async () => {
    const script = 'process.stdout.write(\'["a",["127.0.0.1"]]\\n["b",[\'); setInterval(() => {}, 1000)';
    const started = Date.now();
    const found = await resolveHosts(["a", "b"], (command, _args, options) => run(command, ["-e", script], options));
    assert.deepEqual([...found], [["a", ["127.0.0.1"]]]);
    assert.ok(Date.now() - started < 10_000);
  });
});
