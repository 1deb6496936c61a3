import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { storesProgram } from "../../../../scripts/cli/main";
import { candidates } from "../../../../scripts/cli/ui/completion";

const asked: unknown[] = [];
const of = (...words: string[]) =>
  candidates(storesProgram(), words, (given) => {
    asked.push(given);
    return ["acme", "bloom"];
  });

describe("completion", () => {
  it("knows the commands, and those of cluster; not the one that is hidden", () => {
    assert.ok(of("").includes("apply") && of("ap").includes("completion"));
    assert.ok(!of("").includes("complete"));
    assert.deepEqual(of("cluster", ""), ["up", "down", "status", "reset", "help"]);
  });

  it("knows a command's options, and what one of them may be", () => {
    assert.ok(of("apply", "--").includes("--prune") && !of("status", "--").includes("--prune"));
    assert.deepEqual(of("apply", "--env", ""), ["local", "prod"]);
    assert.ok(of("schema", "--of", "").includes("plan"));
    assert.deepEqual(of("apply", "--file", ""), []);
  });

  it("names the stores where a command takes them, of the list that was given, each once", () => {
    assert.deepEqual(of("apply", "acme", "--env", "prod", "--file=a.yaml", ""), ["bloom"]);
    assert.deepEqual(asked.at(-1), { env: "prod", file: "a.yaml" });
    assert.deepEqual(of("logs", "a"), ["acme", "bloom"]);
    assert.deepEqual([of("logs", "acme", ""), of("validate", ""), of("exec", "acme", "--", "")], [[], [], []]);
  });

  it("works in a real bash, whatever path the command is called by", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "storefleet-completion-"));
    try {
      const list = join(folder, "list.yaml");
      writeFileSync(list, "stores:\n  - { name: acme, engine: medusa }\n  - { name: bloom, engine: medusa }\n");
      const stores = join(projectRoot, "scripts/stores");
      const script = join(folder, "try");
      writeFileSync(script, `#!/bin/bash
        eval "$(${stores} completion bash)"
        try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stores; echo "\${COMPREPLY[*]}"; }
        try ${stores} statu
        try ${stores} status --file ${list} b
        try ${stores} status --wat
      `);
      chmodSync(script, 0o755);
      assert.deepEqual(execFileSync(script, { encoding: "utf8" }).trim().split("\n"), ["status", "bloom", "--watch"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
