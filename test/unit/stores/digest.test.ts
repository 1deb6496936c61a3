import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { readSettings } from "../../../config/environment";
import { projectRoot } from "../../../config/root";
import { releaseOf, storeDigest } from "../../../stores/digest";
import type { SharedParts } from "../../../stores/environment-outputs";
import { specOf } from "../helpers/fleet";

const shared = (): SharedParts => ({ settings: readSettings("local"), secretRevisions: {} });
const digest = (spec = specOf("acme"), parts = shared()) => storeDigest(spec, parts);

describe("a store's digest", () => {
  it("is the same for equal values, however they were put together", () => {
    assert.equal(digest(), digest());
    const spec = specOf("acme", { labels: { a: "1", b: "2" } });
    assert.equal(digest(spec), digest(specOf("acme", { labels: { b: "2", a: "1" } })));
    const { settings, secretRevisions } = shared();
    assert.equal(digest(spec, { settings: Object.fromEntries(Object.entries(settings).reverse()) as typeof settings, secretRevisions }), digest(spec));
    assert.match(digest(), /^[0-9a-f]{16}\.[0-9a-f]{16}$/);
  });

  it("changes with every value of the spec", () => {
    const entries: Parameters<typeof specOf>[1][] = [
      {}, { engine: "medusa" }, { title: "Other" }, { plan: "large" }, { domains: ["shop.example.org"] }, { products: [] }, { adminEmail: "x@example.com" },
      { currency: "USD" }, { country: "FR" }, { labels: { team: "a" } }, { protected: true }, { suspended: true }, { secrets: { admin: "acme-admin" } }, { woocommerce: { timezone: "Europe/Berlin" } },
    ];
    const digests = [digest(specOf("bikes")), ...entries.map((entry) => digest(specOf("acme", entry)))];
    assert.equal(new Set(digests).size, digests.length);
  });

  it("tells an edit of the list from another release", () => {
    const [list, release] = digest().split(".");
    assert.equal(releaseOf(digest()), release);
    assert.equal(releaseOf(digest(specOf("acme", { title: "Other" }))), release, "an edit of the list leaves the release");
    for (const name of ["bikes", "cargo"]) assert.equal(releaseOf(digest(specOf(name))), release, "which stores of an engine share");
    const other = digest(specOf("acme"), { ...shared(), secretRevisions: { pullSecret: "1" } }).split(".");
    assert.equal(other[0], list, "another release leaves what the list says");
    assert.notEqual(other[1], release);
    assert.equal(releaseOf("0".repeat(32)), undefined, "as digests were before");
  });

  it("changes with the environment's settings and secrets, but not with what other engines run or how long an installation may take", () => {
    const base = shared();
    const settings = (more: Partial<SharedParts["settings"]>) => digest(specOf("acme"), { ...base, settings: { ...base.settings, ...more } });
    const digests = [
      digest(),
      settings({ egress: base.settings.egress === "deny" ? "allow" : "deny" }),
      settings({ hostSuffix: ".example.net" }),
      settings({ storageClass: "fast" }),
      settings({ tls: { issuer: "letsencrypt", wildcard: false } }),
      settings({ tls: { issuer: "letsencrypt", wildcard: true } }),
      settings({ images: { ...shared().settings.images, overrides: { wordpress: "storefleet-woocommerce:000000000000" } } }),
      settings({ images: { ...shared().settings.images, overrides: { wordpress: "storefleet-woocommerce:000000000001" } } }),
      settings({ plans: { small: { woocommerce: { wordpress: { memoryLimit: "1Gi" } } } } }),
      digest(specOf("acme"), { ...base, secretRevisions: { pullSecret: "1" } }),
      digest(specOf("acme"), { ...base, secretRevisions: { pullSecret: "2" } }),
    ];
    assert.equal(new Set(digests).size, digests.length);
    assert.equal(settings({ helmTimeout: 1234 }), digest());
    for (const other of ["medusa", "postgres", "traefik"]) assert.equal(settings({ images: { ...shared().settings.images, overrides: { [other]: "other:1" } } }), digest(), other);
  });
});

describe("a store's digest and the files of the program", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "storefleet-digest-"));
    for (const path of ["Pulumi.yaml", "package.json", "stores", "components", "config", "infra", "dist/stores", "dist/config"]) cpSync(join(projectRoot, path), join(root, path), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  });
  after(() => rmSync(root, { recursive: true }));

  /** The digests of both engines in the copy, by a process that just started. */
  function digestsNow(): { woocommerce: string; medusa: string } {
    const file = join(root, "dist", "stores", "digest.js");
    const load = createRequire(file);
    for (const path of Object.keys(load.cache)) if (path.startsWith(root)) delete load.cache[path];
    const { storeDigest: inCopy } = load(file) as { storeDigest: typeof storeDigest };
    return { woocommerce: inCopy(specOf("acme"), shared()), medusa: inCopy(specOf("acme", { engine: "medusa" }), shared()) };
  }

  /** Which engines' stores change when `file` does. */
  function changedBy(file: string): string[] {
    const [before, after] = [digestsNow(), (appendFileSync(join(root, file), "\n# edited\n"), digestsNow())];
    return (["woocommerce", "medusa"] as const).filter((engine) => before[engine] !== after[engine]);
  }

  it("a chart changes the stores of its engine alone", () => {
    assert.deepEqual(changedBy("components/woocommerce/chart/values.yaml"), ["woocommerce"]);
    assert.deepEqual(changedBy("components/medusa/chart/Chart.yaml"), ["medusa"]);
    assert.deepEqual(changedBy("components/medusa/index.ts"), ["medusa"]);
  });

  it("the versions of the packages change every store", () => assert.deepEqual(changedBy("package.json"), ["woocommerce", "medusa"]));

  /** Sources of the store program that decide nothing about a store's resources. */
  const harmless: Record<string, string> = {
    "config/environments.ts": "which there are, to refuse any other",
    "config/errors.ts": "words for people",
    "config/explain.ts": "words for people",
    "config/fixed.ts": "words for people",
    "config/stores-command.ts": "words for people",
    "config/shell.ts": "refuses, or does nothing",
    "infra/cluster-identity.ts": "refuses, or does nothing",
    "infra/cluster-of-outputs.ts": "tells by which cluster to refuse",
    "infra/cluster-reader.ts": "reads what lives",
    "kube/index.ts": "reads what lives",
    "kube/connection.ts": "reads what lives",
    "kube/errors.ts": "words for people",
    "kube/kubeconfig.ts": "finds the cluster",
    "config/proxy.ts": "finds the cluster",
    "config/variables.ts": "finds the cluster",
    "infra/part-name.ts": "finds what lives",
    "infra/plainly.ts": "words for people",
    "config/rollout.ts": "when stores are changed, not into what",
    "config/root.ts": "finds the checkout",
    "config/host-suffix.ts": "how a browser finds a host, which no object of a store has",
    "config/files-digest.ts": "makes digests",
    "config/canonical.ts": "makes digests",
    "config/fields.ts": "checks the list, whose result is in the spec",
    "config/known/index.ts": "checks the list and counts decimals, which are in the spec",
    "config/spec.ts": "makes the spec, which is in the digest",
  };

  it("so does every source of the store program, but those that decide nothing", () => {
    const missed = programSources("stores/index.ts").filter((file) => !(file in harmless) && changedBy(file).length === 0);
    assert.deepEqual(missed, []);
  }).timeout(60_000);

  it("reading the list is not part of it", () => assert.deepEqual(changedBy("config/list-document.ts"), []));
});

/** Every source of this project that a file imports, directly or not, types left out. */
function programSources(entry: string): string[] {
  const found = new Set<string>();
  const add = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const compiled = ts.transpileModule(readFileSync(join(projectRoot, file), "utf8"), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true } });
    for (const { fileName } of ts.preProcessFile(compiled.outputText).importedFiles) {
      if (!fileName.startsWith(".")) continue;
      const path = posix.join(dirname(file), fileName);
      add([`${path}.ts`, `${path}/index.ts`].find((candidate) => ts.sys.fileExists(join(projectRoot, candidate)))!);
    }
  };
  add(entry);
  return [...found].sort();
}

it("a clone that turns line ends into the machine's own leaves the sources as they are", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-clone-"));
  const git = (...args: string[]) => execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder, stdio: "pipe" });
  try {
    const file = "components/woocommerce/chart/files/setup.sh";
    mkdirSync(join(folder, "origin", dirname(file)), { recursive: true });
    for (const each of [".gitattributes", file]) cpSync(join(projectRoot, each), join(folder, "origin", each));
    git("init", "--quiet", "origin");
    git("-C", "origin", "add", "--all");
    git("-C", "origin", "commit", "--quiet", "--message", "all");
    git("clone", "--quiet", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", "origin", "clone");
    assert.deepEqual(readFileSync(join(folder, "clone", file)), readFileSync(join(projectRoot, file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
