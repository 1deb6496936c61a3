import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ensureTools, toolEnvironment, toolPath } from "../../../../../scripts/machine/tools";
import { binaries } from "../../../../../scripts/machine/tools/table";
import { downloadHost, program, world, type Host, type World } from "../../../helpers/tool-place";

const kubernetes = "pulumi-resource-kubernetes";

/** A provider plugin that answers `GetPluginInfo` and nothing else. */
const pluginOfVersion = (file: string, version: string) =>
  program(
    file,
    `exec '${process.execPath}' -e '
      const text = "${version}", answer = Buffer.concat([Buffer.from([0, 0, 0, 0, text.length + 2, 10, text.length]), Buffer.from(text)]);
      const server = require("http2").createServer();
      server.on("stream", (stream, headers) => {
        if (headers[":path"] !== "/pulumirpc.ResourceProvider/GetPluginInfo") return stream.close();
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(answer);
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));'`,
  );

describe("provider plugins", () => {
  let here: World;
  let host: Host | undefined;
  const ensure = async () => (await ensureTools([kubernetes], here.log, here.place))[kubernetes];
  const firstOnPath = () => toolEnvironment(here.place).PATH.split(delimiter)[0]!;
  const install = (version = "4.34.2") =>
    program(join(here.place.pulumiHome, "plugins", `resource-kubernetes-v${version}`, kubernetes), "echo real");

  beforeEach(() => {
    here = world(binaries);
    program(join(here.bin, "pulumi"), "echo v3.245.0");
    program(join(here.bin, "pulumi-language-nodejs"), "");
  });
  afterEach(() => {
    here.remove();
    host?.close();
    host = undefined;
  });

  it("are taken from the Pulumi CLI's own folder, in the version of the npm package only", async () => {
    install("4.33.0");
    const real = install();
    assert.equal(await ensure(), real);
    assert.equal(toolPath(kubernetes, here.place), real);
    assert.equal(toolEnvironment(here.place).PATH, here.bin, "the CLI finds it itself");
    assert.equal(toolEnvironment(here.place).PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
    // The CLI's mark of an installation that did not end.
    writeFileSync(`${dirname(real)}.partial`, "");
    assert.notEqual(await ensure(), real);
  });

  it("are stood in for, with a clear line, where none can be had", async () => {
    const standIn = await ensure();
    assert.equal(spawnSync(standIn).stdout.toString(), "stand-in for kubernetes\n");
    assert.ok(here.lines.includes("stand-in for the provider plugin kubernetes: a test double, only for the embedded cluster"), here.lines.join("\n"));
    assert.equal(firstOnPath(), dirname(standIn));
    assert.equal(toolEnvironment(here.place).PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "true");
  });

  it("are preferred to their stand-ins as soon as they are there", async () => {
    const standIn = await ensure();
    // As in a shell that was set up while the stand-in was in use.
    here.place.path = toolEnvironment(here.place).PATH;
    const real = install();
    assert.equal(toolPath(kubernetes, here.place), real);
    assert.ok(!toolEnvironment(here.place).PATH.includes(dirname(standIn)), "the stand-in is still on PATH");
    here.lines.length = 0;
    assert.equal(await ensure(), real);
    assert.deepEqual(here.lines, []);
  });

  it("on PATH are asked for their version: a right one is used, a wrong one is put behind", async () => {
    const onPath = pluginOfVersion(join(here.bin, kubernetes), "4.34.2");
    assert.equal(await ensure(), onPath);
    assert.equal(toolEnvironment(here.place).PATH, here.bin);

    pluginOfVersion(onPath, "4.9.1-old");
    const standIn = await ensure();
    assert.notEqual(standIn, onPath);
    assert.equal(firstOnPath(), dirname(standIn));
    assert.ok(here.lines.some((line) => /4\.9\.1 on PATH .*not used, 4\.34\.2 is needed/.test(line)), here.lines.join("\n"));

    const real = install();
    assert.equal(await ensure(), real);
    assert.equal(firstOnPath(), dirname(real), "the CLI would prefer the one on PATH");
  });

  it("are not taken for real when they are another cache's stand-ins", async () => {
    // One that would pass for real if asked.
    pluginOfVersion(await ensure(), "4.34.2");
    const elsewhere = { ...here.place, folder: join(here.folder, "other-cache"), path: toolEnvironment(here.place).PATH };
    const { [kubernetes]: standIn } = await ensureTools([kubernetes], here.log, elsewhere);
    assert.ok(standIn.startsWith(elsewhere.folder), standIn);
  });

  it("are installed by the CLI where their host answers, which is tried once a day", async () => {
    host = await downloadHost({});
    here.place.pluginHost = host.url;
    const tries = join(here.folder, "tries");
    const pulumi = (then: string) =>
      program(join(here.bin, "pulumi"), `[ "$1" = version ] && { echo v3.245.0; exit; }\necho "$@ in $PULUMI_HOME" >> ${tries}\n${then}`);
    const attempts = () => spawnSync("cat", [tries]).stdout.toString().trim().split("\n");

    pulumi('echo "error: 404 not found" >&2; exit 1');
    const standIn = await ensure();
    assert.ok(here.lines.includes(`${kubernetes} 4.34.2 could not be downloaded: error: 404 not found`), here.lines.join("\n"));
    await ensure();
    assert.deepEqual(attempts(), [`plugin install resource kubernetes 4.34.2 --exact in ${here.place.pulumiHome}`]);

    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(join(dirname(standIn), ".stand-in"), yesterday, yesterday);
    const target = join(here.place.pulumiHome, "plugins", "resource-kubernetes-v4.34.2");
    mkdirSync(target, { recursive: true });
    pulumi(`PATH=/usr/bin:/bin; printf '#!/bin/sh\\n' > ${target}/${kubernetes}; chmod +x ${target}/${kubernetes}`);
    assert.equal(await ensure(), join(target, kubernetes));
    assert.equal(attempts().length, 2);
  });
});
