import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { storesProgram } from "../../../../scripts/cli/main";
import { leavesOf, pathOf } from "../../../../scripts/cli/ui/command-tree";
import { examples, prints, type Example } from "../../../../scripts/dev/command-examples";
import { commandPage } from "../../../../scripts/dev/command-page";
import { stores } from "../../helpers/in-process";
import { keepEnvironment } from "../../helpers/keep-environment";

describe("docs/commands.md", () => {
  keepEnvironment();

  it("says what --help of each command says", () => {
    const page = commandPage();
    assert.equal(readFileSync(join(projectRoot, "docs/commands.md"), "utf8"), page, "make it anew: node dist/scripts/dev/command-page.js > docs/commands.md");
    for (const command of ["plan", "cluster up", "exec"]) assert.match(page, new RegExp(`^## ${command}$`, "m"));
  });

  it("has an example of every command", () => {
    assert.deepEqual(Object.keys(examples).sort(), leavesOf(storesProgram()).map(pathOf).sort());
  });

  // Those that need a cluster: test/e2e/quickstart.test.ts.
  for (const example of Object.values(examples).filter(({ where }) => where === "anywhere")) {
    it(`shows what ${example.line} prints`, async () => {
      for (const name of Object.keys(process.env)) if (/^(STOREFLEET_|GITHUB_|GITLAB_)/.test(name)) delete process.env[name];
      const { code, out, err } = await stores(...example.line.split(" "));
      assert.equal(code, example.prints.startsWith("error:") ? 3 : 0, err);
      const shown = (out || err).replaceAll(projectRoot, "/home/you/storefleet");
      assert.ok(prints(example, shown), `${shown}\nis not\n${example.prints}`);
    });
  }

  it("lets nothing differ but what changes from run to run", () => {
    const example = (wanted: string): Example => ({ line: "status", where: "cluster", prints: wanted });
    assert.ok(prints(example("acme  READY  2m 1s  7s\n…\nend"), "acme  READY  59.1s  12s\nmore\nlines\nend\n"));
    assert.ok(prints(example("pod-0123456789-abcde  62 MiB"), "pod-56947d4b48-cqvnl 5 MiB\n"));
    for (const other of ["acme FAILED 7s", "acme READY", "acme READY 7s\nmore", "bloom READY 7s"]) assert.ok(!prints(example("acme READY 7s"), other), other);
    assert.ok(!prints(example(""), "something"));
  });
});
