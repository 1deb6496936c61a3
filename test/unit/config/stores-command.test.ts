import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { byHand, fromProject, setGiven, shellWord, storesCommand } from "../../../config/stores-command";

describe("a command that is printed", () => {
  afterEach(() => setGiven({ env: "local", file: undefined, context: undefined, recorded: undefined }));

  it("is about the environment, the list and the context of the command that prints it", () => {
    assert.equal(storesCommand("apply"), "./scripts/stores apply");
    setGiven({ env: "prod", file: join(projectRoot, "config/other.yaml"), context: "a-context" });
    assert.equal(storesCommand("apply acme"), "./scripts/stores apply acme --env prod --file config/other.yaml --context a-context");
    assert.equal(storesCommand("cluster up"), "./scripts/stores cluster up --env prod --context a-context");
    for (const words of ["cluster down", "hosts", "validate"]) assert.doesNotMatch(storesCommand(words), /--context/, "needs no cluster, or has its own");
    assert.equal(storesCommand("status", { env: "local", file: undefined, context: undefined }), "./scripts/stores status");
  });

  it("tells only cluster up of a context that it was told before", () => {
    setGiven({ env: "prod", recorded: "a-context" });
    assert.equal(storesCommand("apply"), "./scripts/stores apply --env prod");
    assert.equal(storesCommand("cluster up"), "./scripts/stores cluster up --env prod --context a-context");
  });

  it("keeps what was said before when a session says more", () => {
    setGiven({ env: "prod", file: "/lists/a.yaml" });
    setGiven({ env: "prod", context: "there" });
    assert.equal(storesCommand("status"), "./scripts/stores status --env prod --file /lists/a.yaml --context there");
  });

  it("has what the shell takes for one word, whatever it holds", () => {
    for (const value of ["plain-1.yaml", "with space", "it's", "$HOME", "a;b", "`x`", 'q"q', "~", "*", "!", ""]) {
      assert.equal(execFileSync("sh", ["-c", `printf %s ${shellWord(value)}`], { encoding: "utf8" }), value);
    }
    setGiven({ env: "prod", file: "/my lists/a.yaml", context: "arn:aws:eks:eu:1:cluster/x y" });
    assert.match(storesCommand("plan"), /--file '\/my lists\/a\.yaml' --context/);
    assert.match(storesCommand("cluster up"), /--context 'arn:aws:eks:eu:1:cluster\/x y'$/);
  });

  it("names files from the project's folder, where it is pasted", () => {
    assert.equal(fromProject(join(projectRoot, "plan.json")), "plan.json");
    assert.equal(fromProject("/elsewhere/plan.json"), "/elsewhere/plan.json");
  });

  it("by hand comes with the variables that it needs", () => {
    assert.equal(byHand("pulumi cancel"), 'eval "$(./scripts/stores env)" && pulumi cancel');
    assert.equal(byHand("pulumi cancel", { env: "prod" }), 'eval "$(./scripts/stores env --env prod)" && pulumi cancel');
  });

  it("is worded here and nowhere else", () => {
    const sources = ["config", "kube", "infra", "stores", "scripts"].flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
    );
    // A description of a command line, and what follows a start of `local`, are about no other environment.
    const others = ["config/stores-command.ts", "scripts/cli/commands/completion.ts", "scripts/cli/commands/env.ts", "scripts/cli/commands/hosts.ts", "scripts/dev/command-page.ts", "scripts/dev/command-examples.ts", "scripts/cli/quickstart.ts"];
    const worded = sources.filter((file) => file.endsWith(".ts") && !others.includes(file)).filter((file) => /["'`].*\.\/scripts\/stores/.test(readFileSync(join(projectRoot, file), "utf8")));
    assert.deepEqual(worded, []);
  });
});
