import assert from "node:assert/strict";
import { UserError } from "../../../config/errors";
import { checkVariables, environmentFor, setVariables, variables, variablesOf, variablesOfOneEnvironment } from "../../../config/variables";

/** What a bad value is answered with. */
function refusal(source: NodeJS.ProcessEnv, look: () => unknown = () => checkVariables(source)): { message: string; hint?: string } {
  try {
    look();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, "usage");
    return error;
  }
  return assert.fail(`not refused: ${JSON.stringify(source)}`);
}

describe("environment variables", () => {
  const of = (source: NodeJS.ProcessEnv) => variablesOf(() => source);

  it("become what they mean; an empty one is none, but for a passphrase", () => {
    const { HELM_TIMEOUT, STOREFLEET_INGRESS_PORTS, STOREFLEET_CACHE, NO_COLOR, STOREFLEET_FILE } = of({ HELM_TIMEOUT: "90", STOREFLEET_INGRESS_PORTS: "80,443", STOREFLEET_CACHE: "/a", NO_COLOR: "1", STOREFLEET_FILE: "a.yaml" });
    assert.deepEqual([HELM_TIMEOUT, STOREFLEET_INGRESS_PORTS, STOREFLEET_CACHE, NO_COLOR, STOREFLEET_FILE], [90, { http: 80, https: 443 }, "/a", true, "a.yaml"]);
    const empty = of({ HELM_TIMEOUT: "", STOREFLEET_CACHE: "", NO_COLOR: "", PULUMI_CONFIG_PASSPHRASE: "" });
    assert.deepEqual([empty.HELM_TIMEOUT, empty.STOREFLEET_CACHE, empty.NO_COLOR, empty.PULUMI_CONFIG_PASSPHRASE], [undefined, undefined, undefined, ""]);
    assert.equal(of({}).PULUMI_CONFIG_PASSPHRASE, undefined);
  });

  it("proxies also in small letters, capitals first, and without a scheme", () => {
    assert.equal(of({ https_proxy: "proxy.test:3128" }).HTTPS_PROXY, "http://proxy.test:3128");
    assert.equal(of({ https_proxy: "http://b.test", HTTPS_PROXY: "http://a.test" }).HTTPS_PROXY, "http://a.test");
    assert.equal(of({ helm_timeout: "5" }).HELM_TIMEOUT, undefined);
  });

  for (const [name, wrong] of Object.entries({
    HELM_TIMEOUT: ["0", "-1", "1.5", "10m", "ten", "1e3", " 5", "86401"],
    STOREFLEET_INGRESS_PORTS: ["80", "80,", "80,443,8080", "http,https", "0,443", "80,70000"],
    STOREFLEET_CACHE: ["cache", "./cache", "~/cache"],
    STOREFLEET_TOOLS: ["tools"],
    XDG_CACHE_HOME: [".cache"],
    XDG_STATE_HOME: ["state"],
    STOREFLEET_CLUSTER: ["../prod", "a/b", ".", "Prod", "-x"],
  })) {
    it(`${name} that can not be meant is refused, with its value and the way out`, () => {
      for (const value of wrong) {
        const { message, hint } = refusal({ [name]: value });
        assert.ok(message.startsWith(`${name} is "${value}": not `), message);
        assert.equal(hint, `Mend it, or: unset ${name}`);
        assert.equal(refusal({}, () => of({ [name]: value })[name as "HELM_TIMEOUT"]).message, message);
      }
    });
  }

  it("all wrong ones are named at once; the value of a proxy, which may hold a password, is not", () => {
    const { message, hint } = refusal({ HELM_TIMEOUT: "abc", STOREFLEET_CACHE: "x", HTTPS_PROXY: "http://me:hunter2@[", NO_COLOR: "1" });
    assert.deepEqual(message.split("\n").map((line) => line.split(" is ")[0]), ["STOREFLEET_CACHE", "HELM_TIMEOUT", "HTTPS_PROXY"]);
    assert.equal(hint, "Mend them, or: unset STOREFLEET_CACHE HELM_TIMEOUT HTTPS_PROXY");
    assert.doesNotMatch(message, /hunter2/);
  });

  it("are read when they are looked at", () => {
    const before = process.env.STOREFLEET_FILE;
    try {
      setVariables({ STOREFLEET_FILE: "/a" });
      assert.equal(variables.STOREFLEET_FILE, "/a");
      setVariables({ STOREFLEET_FILE: undefined });
      assert.equal(variables.STOREFLEET_FILE, undefined);
      assert.ok(!("STOREFLEET_FILE" in process.env));
    } finally {
      setVariables({ STOREFLEET_FILE: before });
    }
  });

  it("those of one environment are what `stores env` exports", () => {
    assert.deepEqual([...variablesOfOneEnvironment].sort(), [
      "KUBECONFIG", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "STOREFLEET_CONTEXT", "STOREFLEET_ENV", "STOREFLEET_FILE", "STOREFLEET_INGRESS_PORTS",
    ]);
  });

  it("a child gets all, a build of Go nothing that would change it, a process that stays next to nothing", () => {
    const saved = { GOOS: process.env.GOOS, SECRET: process.env.SECRET };
    Object.assign(process.env, { GOOS: "plan9", SECRET: "hunter2" });
    try {
      assert.deepEqual(environmentFor("program", { SECRET: "other" }), { ...process.env, SECRET: "other" });
      const { GOOS, SECRET, GOWORK } = environmentFor("go", { GOWORK: "off" });
      assert.deepEqual([GOOS, SECRET, GOWORK], [undefined, "hunter2", "off"]);
      assert.deepEqual(Object.keys(environmentFor("detached")), ["PATH", "HOME", "TMPDIR"]);
    } finally {
      for (const [name, value] of Object.entries(saved)) if (value === undefined) delete process.env[name]; else process.env[name] = value;
    }
  });
});
