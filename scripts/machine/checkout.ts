import { firstLine } from "../../config/first-line";
import { projectRoot } from "../../config/root";
import { run as runner, type Run } from "./os/run";

/** The commit that a checkout is at, or why that can not be told. */
export type Commit = { id: string; dirty: boolean } | { unknown: string };

/** A hook's own variables would lead git to another repository. */
const env = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined, LC_ALL: "C" };

/** Asks git; needs no history, so a shallow clone is enough. */
export async function commitOfCheckout(root = projectRoot, run: Run = runner): Promise<Commit> {
  const git = (...args: string[]) => run("git", ["--no-optional-locks", "-C", root, ...args], { env, timeout: 30_000 });
  // A repository further up, of a home folder for example, may have nothing of this project.
  const ours = await git("ls-files", "--error-unmatch", "Pulumi.yaml");
  if (ours.code === 127) return { unknown: "there is no git on this machine" };
  const head = ours.code === 0 ? await git("rev-parse", "--verify", "HEAD") : ours;
  if (head.code !== 0) return { unknown: `git says: ${firstLine(head.stderr)}` };
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return { id: head.stdout.trim(), dirty: changes.code !== 0 || changes.stdout !== "" };
}
