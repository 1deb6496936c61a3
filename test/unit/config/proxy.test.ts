import assert from "node:assert/strict";
import { proxyFor } from "../../../config/proxy";
import { variablesOf } from "../../../config/variables";

describe("the environment's proxy", () => {
  const HTTPS_PROXY = "http://proxy.test:3128";

  it("is one for https and one for http, in capitals or not, with or without a scheme", () => {
    assert.equal(proxyFor("https://a.test", { HTTPS_PROXY, HTTP_PROXY: "http://other.test" }), HTTPS_PROXY);
    assert.equal(proxyFor("https://a.test", variablesOf(() => ({ https_proxy: "proxy.test:3128" }))), HTTPS_PROXY);
    assert.equal(proxyFor("http://a.test", { HTTPS_PROXY }), undefined);
    assert.equal(proxyFor("https://a.test", {}), undefined);
  });

  for (const [url, no, through] of [
    ["https://localhost:6443", "", false], ["https://127.0.0.2", "", false], ["https://[::1]:6443", "", false], ["https://10.1.2.3:6443", "", true],
    ["https://10.1.2.3:6443", "192.168.0.0/16,10.0.0.0/8", false], ["https://11.1.2.3", "10.0.0.0/8", true], ["https://10.1.2.3", "10.1.2.3", false],
    ["https://10.1.2.3:6443", "10.1.2.3:6443", false], ["https://10.1.2.3:6443", "10.1.2.3:443", true],
    ["https://[fd00::1]", "fd00::/8", false], ["https://[fd00::1]", "fd00::1", false], ["https://[fe00::1]", "fd00::/8", true],
    ["https://a.example.com", "example.com", false], ["https://example.com", "example.com", false], ["https://badexample.com", "example.com", true],
    ["https://a.example.com", ".example.com", false], ["https://example.com", ".example.com", true], ["https://a.example.com", "*.EXAMPLE.com", false],
    ["https://a.example.com", "example.com:443", false], ["https://a.example.com", "example.com:80", true],
    ["https://anything.test", "a, *", false], ["https://anything.test", "localhost, ", true], ["https://anything.test", "10.0.0.0/8", true],
  ] as const) {
    it(`${through ? "is" : "is not"} for ${url}${no && ` with NO_PROXY=${no}`}`, () => assert.equal(proxyFor(url, { HTTPS_PROXY, NO_PROXY: no }), through ? HTTPS_PROXY : undefined));
  }
});
