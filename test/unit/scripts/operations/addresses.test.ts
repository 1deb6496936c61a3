import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressIn } from "../../../../config/host-suffix";
import { addressRemark, hostLines, listedHosts } from "../../../../scripts/operations/addresses";

describe("addresses", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-hosts-"));
  const list = (text: string) => {
    const file = join(folder, "stores.yaml");
    writeFileSync(file, text);
    return file;
  };
  after(() => rmSync(folder, { recursive: true }));

  it("of names that hold one are known", () => {
    for (const [host, address] of [
      [".127.0.0.1.nip.io", "127.0.0.1"], ["store-a-1-0f0f0f0f.127.0.0.1.nip.io", "127.0.0.1"], [".x.192-168-49-2.sslip.io", "192.168.49.2"], [".localhost", "127.0.0.1"],
      [".shops.example.com", undefined], [".1270.0.1.nip.io", undefined], [".notlocalhost", undefined],
    ] as const) assert.equal(addressIn(host), address, host);
  });

  describe("for the hosts file", () => {
    const stores = "stores:\n  - {name: acme, engine: woocommerce}\n  - {name: bloom, engine: woocommerce, domains: [bloom.example.com]}\n";

    it("are those of every store, with its domains, and of the mail catcher", () => {
      assert.deepEqual(hostLines({ env: "local", file: list(stores) }).map(({ name, host, address }) => [name, host.replace(/-[0-9a-f]{8}\./, "-HASH."), address]), [
        ["acme", "store-acme-HASH.127.0.0.1.nip.io", "127.0.0.1"],
        ["bloom", "store-bloom-HASH.127.0.0.1.nip.io", "127.0.0.1"],
        ["bloom", "bloom.example.com", "127.0.0.1"],
        ["mail-catcher", "mail.127.0.0.1.nip.io", "127.0.0.1"],
      ]);
    });

    it("have to be named where the hosts do not say", () => {
      const scope = { env: "prod", file: list("stores: [{name: acme, engine: woocommerce}]\n") } as const;
      assert.throws(() => hostLines(scope), { name: "UserError", code: "usage", message: /end in \.example\.com/ });
      assert.throws(() => hostLines(scope, "1.2.3"), { code: "usage", message: '--address is "1.2.3": not an address' });
      assert.deepEqual(hostLines(scope, "10.1.2.3").map(({ address }) => address), ["10.1.2.3"]);
      assert.deepEqual(listedHosts(scope), [], "nothing to look for");
    });
  });

  describe("that this machine does not find", () => {
    const hosts = ["a.127.0.0.1.nip.io", "b.127.0.0.1.nip.io", "c.127.0.0.1.nip.io"];
    const remark = async (found: Record<string, string[]>, of = hosts, simulated = false) => {
      let asked: string[] = [];
      const said = await addressRemark("local", { simulated }, of, async (all) => ((asked = all), new Map(Object.entries(found))));
      return { said, asked };
    };
    const known = Object.fromEntries(hosts.map((host) => [host, ["127.0.0.1"]]));

    it("are told in one note, with both mends, as commands", async () => {
      const { said } = await remark({ [hosts[0]!]: ["127.0.0.1"], [hosts[1]!]: [] });
      assert.equal(said, [
        "note: this machine does not find b.127.0.0.1.nip.io and 1 more: it is off-line, or its router refuses DNS answers that lead to 127.0.0.1. Either",
        "  ./scripts/stores hosts | sudo tee -a /etc/hosts",
        "or, for browsers alone, hostSuffix: .localhost in Pulumi.local.yaml, then ./scripts/stores cluster up && ./scripts/stores apply",
      ].join("\n"));
      assert.match((await remark({ ...known, [hosts[2]!]: ["203.0.113.7"] })).said!, /does not find c\.127\.0\.0\.1\.nip\.io: /, "a provider's own page");
    });

    it("are no matter where all are found, and not even looked for where it says nothing", async () => {
      assert.equal((await remark(known)).said, undefined);
      for (const [of, simulated] of [[hosts, true], [["a.localhost"], false], [["shop.example.com", "a.10.0.0.1.nip.io"], false], [[], false]] as const) {
        assert.deepEqual(await remark({}, [...of], simulated), { said: undefined, asked: [] });
      }
    });

    it("are looked for among the first ones of a large fleet", async () => {
      assert.equal((await remark({}, Array.from({ length: 1000 }, (_, index) => `s${index}.127.0.0.1.nip.io`))).asked.length, 20);
    });
  });
});
