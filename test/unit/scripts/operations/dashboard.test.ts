import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../config/errors";
import type { Run } from "../../../../scripts/machine/os/run";
import { builtDashboard } from "../../../../scripts/operations/dashboard";

describe("the built dashboard", () => {
  let root: string;
  let builds: number;
  let said: string[];
  const at = (...path: string[]) => join(root, "dashboard", ...path);
  const builder: Run = async (_, args) => {
    const out = args[args.indexOf("--outDir") + 1]!;
    writeFileSync(join(out, "index.html"), `build ${++builds}`);
    return { code: 0, stdout: "", stderr: "" };
  };
  const build = (runs = builder) => builtDashboard((line) => said.push(line), root, runs);
  const page = () => readFileSync(at("dist/index.html"), "utf8");

  beforeEach(() => {
    [root, builds, said] = [mkdtempSync(join(tmpdir(), "storefleet-dashboard-")), 0, []];
    mkdirSync(at("src"), { recursive: true });
    writeFileSync(join(root, "package-lock.json"), "{}");
    writeFileSync(at("src/main.tsx"), "1");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is built once for the same sources, and said to be", async () => {
    assert.equal(await build(), at("dist"));
    assert.equal(await build(), at("dist"));
    assert.deepEqual([builds, said, page(), readdirSync(at()).sort()], [1, ["building the dashboard"], "build 1", ["dist", "src"]]);
  });

  it("is built anew when a source, its name or a package is another", async () => {
    await build();
    const changes = [() => writeFileSync(at("src/main.tsx"), "2"), () => writeFileSync(at("src/other.ts"), ""), () => rmSync(at("src/other.ts")), () => writeFileSync(at("index.html"), ""), () => writeFileSync(join(root, "package-lock.json"), "{ }")];
    for (const [index, change] of changes.entries()) {
      change();
      await build();
      assert.equal(page(), `build ${index + 2}`);
    }
  });

  it("stays as it was where a build fails, which says why, and the next one is a new try", async () => {
    await build();
    writeFileSync(at("src/main.tsx"), "wrong");
    const failing: Run = async () => ({ code: 1, stdout: "", stderr: "main.tsx: unexpected end" });
    await assert.rejects(build(failing), (error: UserError) => error instanceof UserError && /main\.tsx: unexpected end/.test(error.message));
    assert.deepEqual([page(), readdirSync(at()).sort()], ["build 1", ["dist", "src"]]);
    await build();
    assert.equal(page(), "build 2");
  });

  it("is one of those of two who build it at the same time", async () => {
    assert.deepEqual(await Promise.all([build(), builtDashboard(() => undefined, root, builder)]), [at("dist"), at("dist")]);
    assert.ok(existsSync(at("dist/index.html")));
  });

  it("is what is there where only that is, and nothing where nothing is", async () => {
    await build();
    rmSync(at("src"), { recursive: true });
    assert.deepEqual([await build(), builds], [at("dist"), 1]);
    rmSync(at(), { recursive: true });
    assert.equal(await build(), undefined);
  });
});
