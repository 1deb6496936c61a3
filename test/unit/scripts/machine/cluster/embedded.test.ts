import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UserError } from "../../../../../config/errors";
import { clusterDown, clusterStatus, clusterUp } from "../../../../../scripts/machine/cluster";
import { commandLines, componentNames, kwokConfiguration, type ComponentName } from "../../../../../scripts/machine/cluster/embedded/components";
import { useCacheFolder } from "../../../helpers/cache-folder";

describe("embedded cluster, the parts that need no programs", () => {
  const folder = useCacheFolder();

  /** A control plane whose every program notes its call, says something and ends. */
  function broken(words: string) {
    const program = join(folder(), "program");
    writeFileSync(program, `#!/bin/sh\necho x >> ${folder()}/calls\necho '${words}'\nexit 1\n`);
    chmodSync(program, 0o755);
    const lines: string[] = [];
    const up = () =>
      clusterUp({
        name: "t", log: (line) => void lines.push(line), run: async () => ({ code: 127, stdout: "", stderr: "" }),
        binaries: async () => Object.fromEntries(componentNames.map((name) => [name, program])) as Record<ComponentName, string>,
      });
    const calls = () => readFileSync(join(folder(), "calls"), "utf8").length / 2;
    return { up, calls, lines };
  }

  it("shows the last words of a program that ends while starting", async () => {
    const { up, calls } = broken("panic: no such page");
    await assert.rejects(up(), (error: UserError) =>
      error instanceof UserError && /etcd of the embedded cluster ended while starting.*etcd\.log.*panic: no such page/s.test(error.message) && /cluster reset/.test(error.hint ?? ""));
    assert.equal(calls(), 1);
    assert.match((await clusterStatus("t")).note, /^down/);
    assert.equal(await clusterDown("t"), false);
  });

  it("tries other ports when one was taken meanwhile, but not for ever", async () => {
    const { up, calls, lines } = broken("listen tcp 127.0.0.1:1: bind: address already in use");
    await assert.rejects(up(), /a port of etcd was taken meanwhile/);
    assert.equal(calls(), 3);
    assert.equal(lines.filter((line) => /trying other ports/.test(line)).length, 2);
  });

  it("listens on loopback only and hands out no certificate authority's key", () => {
    const lines = commandLines("/f", { etcd: 1, api: 2, kubelet: 3 });
    for (const flag of Object.values(lines).flat()) {
      if (/^--(listen|bind|advertise|initial-advertise)/.test(flag)) assert.match(flag, /127\.0\.0\.1/);
      assert.doesNotMatch(flag, /ca\.key/);
    }
    for (const name of ["kube-controller-manager", "kube-scheduler"] as const) assert.ok(lines[name].includes("--secure-port=0"), name);
    assert.ok(lines["kube-apiserver"].includes("--anonymous-auth=false") && lines.etcd.includes("--client-cert-auth=true"));
    const options = kwokConfiguration("/f", { etcd: 1, api: 2, kubelet: 3 })[0] as { options: { serverAddress: string } };
    assert.equal(options.options.serverAddress, "127.0.0.1:3");
  });

  it("writes a configuration for kwok that names every stage once", async () => {
    const { up } = broken("no");
    await assert.rejects(up());
    const file = join(folder(), "clusters/t/config/kwok.yaml");
    assert.ok(existsSync(file));
    const documents = parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as { kind: string; metadata?: { name: string } });
    const stages = documents.filter(({ kind }) => kind === "Stage").map(({ metadata }) => metadata?.name);
    assert.equal(new Set(stages).size, stages.length);
    assert.ok(stages.includes("pod-ready") && stages.includes("volume-delete"));
  });
});
