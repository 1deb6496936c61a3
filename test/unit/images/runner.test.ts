import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../config/root";
import { loadContext } from "../../../kube/kubeconfig";
import { binaries, pulumiVersion } from "../../../scripts/machine/tools/table";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe("the runner's image", () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, ...path);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "runner-"));
    for (const path of ["app/bin", "app/tools", "app/plugins", "tmp"]) mkdirSync(at(path), { recursive: true });
    for (const name of ["pulumi", "stores", "pod.sh"]) copyFileSync(join(projectRoot, "images/runner", name), at("app/bin", name));
    writeFileSync(at("app/tools/pulumi"), '#!/bin/sh\nenv\necho "ARGS=$*"\n', { mode: 0o755 });
    writeFileSync(at("app/Pulumi.prod.yaml"), "config: {}\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What the CLI is started with. */
  function started(variables: Record<string, string>, ...args: string[]): Record<string, string> {
    const output = execFileSync(at("app/bin/pulumi"), args, { encoding: "utf8", env: { PATH: process.env.PATH, TMPDIR: at("tmp"), KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443", ...variables } });
    return Object.fromEntries(output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  }

  it("has a CLI that writes below the temporary folder alone, has the environments' settings there and fetches nothing", () => {
    const told = started({}, "up", "--stack", "prod");
    assert.equal(told.ARGS, "up --stack prod");
    assert.deepEqual([told.PULUMI_HOME, told.HOME], [at("tmp/pulumi"), at("tmp/pulumi")]);
    assert.deepEqual([told.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, told.PULUMI_SKIP_UPDATE_CHECK, told.PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER], ["true", "true", "true"]);
    const settings = at("tmp/pulumi/stacks/Pulumi.prod.yaml");
    assert.equal(readFileSync(settings, "utf8"), "config: {}\n");
    // What the CLI has added since stays.
    writeFileSync(settings, "config: { a: 1 }\n");
    started({});
    assert.equal(readFileSync(settings, "utf8"), "config: { a: 1 }\n");
  });

  it("finds the cluster of its pod by the pod's account, under the context of the settings", async () => {
    for (const [variables, context, server] of [
      [{ STOREFLEET_CONTEXT: "prod-cluster" }, "prod-cluster", "https://10.0.0.1:443"],
      [{ KUBERNETES_SERVICE_HOST: "fd00::1" }, "in-cluster", "https://[fd00::1]:443"],
    ] as const) {
      const { KUBECONFIG, STOREFLEET_CONTEXT } = started(variables);
      assert.equal(STOREFLEET_CONTEXT, context);
      const config = await loadContext(KUBECONFIG, context);
      assert.equal(config.getCurrentCluster()!.server, server);
      assert.equal((config.getCurrentUser()!.authProvider as { config: { tokenFile: string } }).config.tokenFile, "/var/run/secrets/kubernetes.io/serviceaccount/token");
    }
    assert.equal(started({ KUBECONFIG: "/another" }).KUBECONFIG, "/another");
  });

  it("runs the command as it is compiled, in the same place, with all that it keeps in the temporary folder", () => {
    mkdirSync(at("app/dist/bundle"), { recursive: true });
    writeFileSync(at("app/dist/bundle/stores.js"), "exports.main = (args) => console.log(JSON.stringify([args, process.env.STOREFLEET_CACHE, process.env.STOREFLEET_CONTEXT, process.env.KUBECONFIG]));\n");
    const env = { PATH: process.env.PATH, TMPDIR: at("tmp"), KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443", STOREFLEET_CONTEXT: "prod" };
    const said = execFileSync(at("app/bin/stores"), ["serve", "--only", "api", "a b"], { encoding: "utf8", env });
    assert.deepEqual(JSON.parse(said), [["serve", "--only", "api", "a b"], at("tmp/storefleet"), "prod", at("tmp/pulumi/kubeconfig")]);
  });

  it("has the stacks' config where its Pulumi.yaml says, and the CLI that this project is tested with", () => {
    const { stackConfigDir } = parse(/'(stackConfigDir: .*)'/.exec(read("images/runner/prepare.sh"))![1]!) as { stackConfigDir: string };
    assert.equal(join("/app", stackConfigDir), "/tmp/pulumi/stacks");
    const dockerfile = read("images/runner/Dockerfile");
    assert.ok(dockerfile.includes(`ARG PULUMI_VERSION=${pulumiVersion}\n`));
    for (const name of ["helm", "kubectl"]) assert.ok(dockerfile.includes(`ARG ${name.toUpperCase()}_VERSION=${binaries.find((it) => it.name === name)!.version}\n`), name);
    assert.equal(/^ARG NODE_IMAGE=.*$/m.exec(dockerfile)![0], /^ARG NODE_IMAGE=.*$/m.exec(read("images/medusa/Dockerfile"))![0]);
  });
});
