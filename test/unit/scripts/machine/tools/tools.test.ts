import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../../../config/errors";
import { ensureTools, toolPath } from "../../../../../scripts/machine/tools";
import { sumIn } from "../../../../../scripts/machine/tools/download";
import { platformOf } from "../../../../../scripts/machine/tools/locations";
import { binaries, platforms, type Binary } from "../../../../../scripts/machine/tools/table";
import { versionIn } from "../../../../../scripts/machine/tools/versions";
import { archiveOf, downloadHost, helmFrom, program, proxyTo, silentHost, world, type Host, type World } from "../../../helpers/tool-place";

describe("the table of tools", () => {
  for (const binary of binaries) {
    it(`knows where ${binary.name} ${binary.version} comes from`, () => {
      for (const [platform, download] of Object.entries(binary.downloads)) {
        assert.match(download.url, /^https:\/\//);
        assert.ok(download.url.includes(binary.version), `${download.url} is not of version ${binary.version}`);
        assert.ok(/^[0-9a-f]{64}$/.test(download.sha256 ?? "") || download.sums?.startsWith("https://"), `${platform} has no checksum`);
      }
      assert.ok(binary.downloads["linux-amd64"] && binary.downloads["linux-arm64"], "no download for Linux");
      assert.deepEqual(binary.go.map((build) => build.binary), binary.binaries, "not every binary can be built");
      assert.equal(binary.go[0]!.version, `v${binary.version}`, "download and build differ in version");
    });
  }

  it("has different files for different platforms", () => {
    for (const { name, downloads } of binaries) {
      const urls = platforms.flatMap((platform) => downloads[platform]?.url ?? []);
      assert.equal(new Set(urls).size, urls.length, name);
    }
  });

  it("names platforms as their makers do", () => {
    assert.equal(platformOf("linux", "x64"), "linux-amd64");
    assert.equal(platformOf("darwin", "arm64"), "darwin-arm64");
    assert.equal(platformOf("win32", "x64"), undefined);
    assert.equal(platformOf("linux", "ia32"), undefined);
  });
});

describe("versions of tools", () => {
  it("are read from what programs say", () => {
    assert.equal(versionIn("v3.245.0\n"), "3.245.0");
    assert.equal(versionIn("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0"), "1.32.4");
    assert.equal(versionIn("kwok version v0.8.0 go1.26.8 (linux/amd64)"), "0.8.0");
    assert.equal(versionIn("built with go1.26.8"), undefined);
    assert.equal(versionIn("v3.22"), undefined);
  });
});

describe("getting tools", () => {
  let here: World;
  let host: Host | undefined;
  const use = (binary: Binary) => (here.place.binaries = [binary]);
  const rejects = async (pattern: RegExp) => {
    const error = await ensureTools(["helm"], here.log, here.place).then(() => undefined, (reason: unknown) => reason);
    assert.ok(error instanceof UserError, `no UserError: ${String(error)}`);
    assert.match(error.message, pattern);
    return error;
  };
  const leftovers = () => (existsSync(here.place.folder) ? readdirSync(here.place.folder).filter((name) => name.startsWith("helm")) : []);
  const serve = async (version = "3.22.0") => {
    const { bytes, sum } = archiveOf(here.folder, "linux-amd64/helm", version);
    host = await downloadHost({ "/helm.tar.gz": bytes, "/sums": `${"0".repeat(64)}  other.tar.gz\n${sum}  helm.tar.gz\n` });
    return { url: host.url, sum };
  };

  beforeEach(() => (here = world([helmFrom(undefined)])));
  afterEach(() => {
    here.remove();
    host?.close();
    host = undefined;
  });

  it("takes the right version on PATH, and asks it only once", async () => {
    const asked = join(here.folder, "asked");
    const file = program(join(here.bin, "helm"), `echo x >> ${asked}; echo v3.22.0`);
    assert.equal(toolPath("helm", here.place), undefined, "taken without asking");
    for (let run = 0; run < 2; run++) assert.deepEqual(await ensureTools(["helm"], here.log, here.place), { helm: file });
    assert.equal(toolPath("helm", here.place), file);
    assert.equal(readFileSync(asked, "utf8"), "x\n");
    assert.deepEqual(here.lines, [`helm 3.22.0 on PATH (${file}): used`]);
    program(file, "echo another version v3.21.0");
    assert.equal(toolPath("helm", here.place), undefined, "a replaced file is not asked again");
  });

  it("takes no version that it is not tested with, a later one neither", async () => {
    for (const version of ["3.22.1", "3.30.0", "4.0.0", "3.21.9"]) {
      program(join(here.bin, "helm"), `echo v${version}`);
      await rejects(/helm 3\.22\.0/);
      assert.match(here.lines.at(-1)!, /on PATH .* not used, 3\.22\.0 is needed/);
    }
  });

  it("does not take a wrong version, a program that fails or a set that is not complete", async () => {
    program(join(here.bin, "helm"), "echo v3.21.0");
    await rejects(/helm 3\.22\.0/);
    assert.match(here.lines[0]!, /3\.21\.0 on PATH .* not used, 3\.22\.0 is needed/);
    program(join(here.bin, "helm"), "echo nothing to say; exit 1");
    await rejects(/helm 3\.22\.0/);
    program(join(here.bin, "pulumi"), "echo v3.245.0");
    use({ ...helmFrom(undefined), name: "pulumi", version: "3.245.0", binaries: ["pulumi", "pulumi-language-nodejs"] });
    await assert.rejects(ensureTools(["pulumi"], here.log, here.place), /pulumi 3\.245\.0/);
    program(join(here.bin, "pulumi-language-nodejs"), "");
    assert.equal((await ensureTools(["pulumi"], here.log, here.place)).pulumi, join(here.bin, "pulumi"));
  });

  it("does not take its own cache on PATH for the machine's", async () => {
    program(join(here.place.folder, "helm-3.99.0", "helm"), "echo v3.99.0");
    here.place.path = join(here.place.folder, "helm-3.99.0");
    await rejects(/helm 3\.22\.0/);
  });

  it("downloads, checks the published checksum, and is offline from then on", async () => {
    const { url } = await serve();
    use(helmFrom(url));
    const { helm } = await ensureTools(["helm"], here.log, here.place);
    assert.equal(helm, join(here.place.folder, "helm-3.22.0", "helm"));
    assert.equal(spawnSync(helm).stdout.toString(), "v3.22.0\n");
    assert.match(here.lines.at(-1)!, /^helm 3\.22\.0: downloaded in /);
    host!.asked.length = 0;
    here.lines.length = 0;
    await ensureTools(["helm"], here.log, here.place);
    assert.deepEqual([host!.asked, here.lines], [[], []]);
    assert.deepEqual(readdirSync(join(here.place.folder, "locks")), []);
  });

  it("downloads through the environment's proxy", async () => {
    const { HTTP_PROXY } = process.env;
    await serve();
    const proxy = await proxyTo(host!);
    process.env.HTTP_PROXY = proxy.url;
    try {
      use(helmFrom("http://tools.test"));
      await ensureTools(["helm"], here.log, here.place);
      assert.deepEqual([...new Set(proxy.asked)], ["tools.test:80"]);
      assert.deepEqual(host!.asked, ["/sums", "/helm.tar.gz"]);
    } finally {
      if (HTTP_PROXY === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = HTTP_PROXY;
      proxy.close();
    }
  });

  it("prefers the checksum that it knows beforehand", async () => {
    const { url, sum } = await serve();
    use(helmFrom(url, { sha256: sum }));
    await ensureTools(["helm"], here.log, here.place);
    assert.deepEqual(host!.asked, ["/helm.tar.gz"]);
  });

  it("uses nothing with a wrong checksum, without one, or of another version", async () => {
    const { url } = await serve();
    use(helmFrom(url, { sha256: "f".repeat(64) }));
    await rejects(/has the checksum [0-9a-f]{64}, not f{64}: not used.*Go is not installed/s);
    use(helmFrom(url, { sums: `${url}/nothing` }));
    await rejects(/\/nothing answers 404/);
    use(helmFrom(url, { sums: undefined }));
    await rejects(/has no checksum/);
    host!.close();
    use(helmFrom((await serve("3.21.0")).url));
    await rejects(/says version 3\.21\.0 instead of 3\.22\.0/);
    assert.deepEqual(leftovers(), []);
  });

  it("says what to install when downloads are out of reach and Go is missing or too old", async () => {
    use(helmFrom("http://127.0.0.1:9"));
    const error = await rejects(/^Missing: helm 3\.22\.0\. Not on PATH in this version; 127\.0\.0\.1:9 cannot be reached; and Go is not installed/);
    assert.match(error.hint!, /Install Go 1\.21 or newer/);
    program(join(here.bin, "go"), "echo go1.19.8");
    await rejects(/go1\.19\.8 on PATH is too old/);
    assert.deepEqual(leftovers(), []);
  });

  it("gives up a host that never answers within its time", async () => {
    host = await silentHost();
    use(helmFrom(host.url));
    const started = Date.now();
    await rejects(/cannot be reached/);
    assert.ok(Date.now() - started < 3_000, "waited too long");
  });

  it("builds with Go what cannot be downloaded, staging modules at their published version", async () => {
    const calls = join(here.folder, "calls");
    const upstream = join(here.folder, "upstream.mod");
    writeFileSync(upstream, "module k\n\nreplace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n\tx.org/y => x.org/z v1.0.0\n)\n");
    const go = `case "$1" in
      env) echo go1.26.0 ;;
      mod) echo '{"GoMod": "${upstream}"}' ;;
      get) cat go.mod > ${calls}; echo "$@" >> ${calls} ;;
      build) echo "$@" >> ${calls}; for last; do [ "$previous" = -o ] && out=$last; previous=$last; done
        printf '#!/bin/sh\\necho v3.22.0\\n' > "$out"; chmod +x "$out" ;;
    esac`;
    program(join(here.bin, "go"), `PATH=/usr/bin:/bin\n${go}`);
    const binary = helmFrom(undefined);
    use({ ...binary, go: [{ ...binary.go[0]!, stagingVersion: "v0.36.3" }] });
    const { helm } = await ensureTools(["helm"], here.log, here.place);
    assert.equal(helm, join(here.place.folder, "helm-3.22.0", "helm"));
    const said = readFileSync(calls, "utf8");
    assert.match(said, /^replace k8s\.io\/api => k8s\.io\/api v0\.36\.3$/m);
    assert.doesNotMatch(said, /x\.org/);
    assert.match(said, /^get example\.org\/helm\/cmd\/helm@v3\.22\.0$/m);
    assert.match(said, /^build .*-trimpath .*-X x\.version=v3\.22\.0 .*example\.org\/helm\/cmd\/helm$/m);
    assert.deepEqual(readdirSync(join(here.place.folder, "helm-3.22.0")), ["helm"]);
    assert.ok(here.lines.some((line) => /^nothing is published for .*: building with go1\.26\.0, .*helm 3\.22\.0$/.test(line)), here.lines.join("\n"));
  });

  it("shows Go's own words when a build fails, and leaves nothing half done", async () => {
    program(join(here.bin, "go"), `[ "$1" = env ] && { echo go1.26.0; exit; }; echo "no space left on device" >&2; exit 1`);
    const error = await rejects(/helm 3\.22\.0 could not be built with go1\.26\.0: go get failed:\n +no space left on device/);
    assert.match(error.hint!, /run the same command again/);
    assert.deepEqual(leftovers(), []);
  });

  it("clears away what a killed run left, and breaks its lock", async () => {
    const { url } = await serve();
    use(helmFrom(url));
    const dead = spawnSync("true").pid;
    mkdirSync(join(here.place.folder, `helm-3.22.0.${dead}.partial`), { recursive: true });
    mkdirSync(join(here.place.folder, "locks"));
    writeFileSync(join(here.place.folder, "locks", "helm-3.22.0"), JSON.stringify({ pid: dead, identity: "gone" }));
    await ensureTools(["helm"], here.log, here.place);
    assert.deepEqual(leftovers(), ["helm-3.22.0"]);
  });

  it("fetches once when two want the same tool", async () => {
    const { url } = await serve();
    use(helmFrom(url));
    await Promise.all([ensureTools(["helm"], here.log, here.place), ensureTools(["helm"], here.log, here.place)]);
    assert.deepEqual(host!.asked, ["/sums", "/helm.tar.gz"]);
    assert.ok(here.lines.some((line) => /waiting for process \d+, which is getting helm 3\.22\.0/.test(line)), here.lines.join("\n"));
  });
});

describe("published checksums", () => {
  const sum = "ab".repeat(32);
  it("are read in all the forms that makers use", () => {
    assert.equal(sumIn(`${sum}\n`, "kubectl"), sum);
    assert.equal(sumIn(`${sum.toUpperCase()}  a.tar.gz`, "a.tar.gz"), sum);
    assert.equal(sumIn(`${"0".repeat(64)}  xa.tar.gz\n${sum} *a.tar.gz\r\n`, "a.tar.gz"), sum);
    assert.equal(sumIn(`${sum}  other`, "a.tar.gz"), undefined);
    assert.equal(sumIn("<html>not found</html>", "a.tar.gz"), undefined);
  });
});
