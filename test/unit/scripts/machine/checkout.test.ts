import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitOfCheckout } from "../../../../scripts/machine/checkout";
import { keepEnvironment } from "../../helpers/keep-environment";

describe("the commit of a checkout", () => {
  keepEnvironment();
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "storefleet-checkout-"))));
  after(() => rmSync(folder, { recursive: true }));

  const git = (at: string, ...args: string[]) => execFileSync("git", ["-C", at, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  function repository(name: string, file = "Pulumi.yaml"): string {
    const at = join(folder, name);
    mkdirSync(at);
    git(at, "init", "--quiet");
    writeFileSync(join(at, file), "name: storefleet\n");
    git(at, "add", ".");
    git(at, "commit", "--quiet", "-m", "one");
    return at;
  }

  it("is HEAD's, with what is changed and not committed, also in a shallow clone and in a hook of another repository", async () => {
    const at = repository("one");
    const id = git(at, "rev-parse", "HEAD");
    assert.deepEqual(await commitOfCheckout(at), { id, dirty: false });
    git(at, "commit", "--quiet", "--allow-empty", "-m", "two");
    git(folder, "clone", "--quiet", "--depth", "1", `file://${at}`, "shallow");
    const newer = git(at, "rev-parse", "HEAD");
    process.env.GIT_DIR = join(repository("another"), ".git");
    assert.deepEqual(await commitOfCheckout(join(folder, "shallow")), { id: newer, dirty: false });
    delete process.env.GIT_DIR;
    // A plan's own file is no change.
    writeFileSync(join(at, "prod.plan"), "");
    assert.deepEqual(await commitOfCheckout(at), { id: newer, dirty: false });
    writeFileSync(join(at, "Pulumi.yaml"), "name: another\n");
    assert.deepEqual(await commitOfCheckout(at), { id: newer, dirty: true });
  });

  it("is unknown without git, without a repository, before the first commit, and where the repository is another's", async () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    assert.deepEqual(await commitOfCheckout(bare), { unknown: "git says: fatal: not a git repository (or any of the parent directories): .git" });
    const home = repository("home", "profile");
    mkdirSync(join(home, "project"));
    writeFileSync(join(home, "project", "Pulumi.yaml"), "");
    assert.match((await commitOfCheckout(join(home, "project")) as { unknown: string }).unknown, /^git says: error: pathspec 'Pulumi.yaml' did not match/);
    git(bare, "init", "--quiet");
    writeFileSync(join(bare, "Pulumi.yaml"), "");
    git(bare, "add", ".");
    assert.deepEqual(await commitOfCheckout(bare), { unknown: "git says: fatal: Needed a single revision" });
    process.env.PATH = bare;
    assert.deepEqual(await commitOfCheckout(bare), { unknown: "there is no git on this machine" });
  });
});
