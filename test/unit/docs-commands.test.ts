import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError, type Command } from "commander";
import { projectRoot } from "../../config/root";
import { setGiven } from "../../config/stores-command";
import { storesProgram } from "../../scripts/cli/main";
import { leavesOf, pathOf } from "../../scripts/cli/ui/command-tree";

const pages = ["README.md", "ARCHITECTURE.md", ...["docs", "components/woocommerce", "components/medusa"].flatMap((folder) => readdirSync(join(projectRoot, folder)).map((name) => join(folder, name)))].filter((it) => it.endsWith(".md"));

/** The words of a shell's command, up to where it is piped, ended or commented. */
function wordsOf(text: string): string[] {
  const words = [...text.matchAll(/"[^"]*"|'[^']*'|[^\s"']+/g)].map(([word]) => word.replace(/^["']|["']$/g, ""));
  const end = words.findIndex((word) => /^(\||&&|;|#|>|\)|beside)/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/[),;:.…]+$/, "")).filter(Boolean);
}

/** `./scripts/stores …` wherever a page has it, whole; in a usage line, what is in brackets may stand there. */
const whole = (text: string) => [...text.matchAll(/\.\/scripts\/stores ([^`\n]*)/g)].map(([, rest]) => wordsOf(rest!)).filter(([first]) => first !== undefined && !/^COMMAND/.test(first));

/** Where a page has a command for short: code that begins with one's name, and goes on. */
function short(text: string, paths: string[]): string[][] {
  const found = [...text.matchAll(/`([a-z][^`\n]*)`/g)].map(([, code]) => wordsOf(code!.replace(/[[\]]/g, "")));
  return found.filter((words) => paths.some((path) => words.length > path.split(" ").length && words.slice(0, path.split(" ").length).join(" ") === path));
}

/** What commander says against it; undefined where the command would be run. */
async function complaintOf(words: string[]): Promise<string | undefined> {
  const program = storesProgram(["ls"]);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.commands.forEach(quiet);
  };
  quiet(program);
  for (const leaf of leavesOf(program)) leaf.action(() => {});
  const inner = words.indexOf("--");
  try {
    await program.parseAsync(inner < 0 ? words : words.slice(0, inner), { from: "user" });
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? undefined : (error as Error).message;
  } finally {
    setGiven({ env: "local", file: undefined, context: undefined });
  }
}

describe("commands in the pages", () => {
  const paths = leavesOf(storesProgram()).map(pathOf);
  const texts = pages.map((page) => [page, readFileSync(join(projectRoot, page), "utf8")] as const);

  it("are such as the command takes, with options and arguments", async () => {
    const all = texts.flatMap(([page, text]) => whole(text).map((words) => ({ page, words })));
    assert.ok(all.length > 40, `only ${all.length} found`);
    const wrong: string[] = [];
    for (const { page, words } of all) {
      const complaint = await complaintOf(words);
      if (complaint) wrong.push(`${page}: ${words.join(" ")}: ${complaint}`);
    }
    assert.deepEqual(wrong, []);
  });

  it("are such for short as well, but for arguments that go without saying", async () => {
    const all = texts.flatMap(([page, text]) => short(text, paths).map((words) => ({ page, words })));
    assert.ok(all.length > 20, `only ${all.length} found`);
    const wrong: string[] = [];
    for (const { page, words } of all) {
      const complaint = await complaintOf(words);
      if (complaint && !/missing required argument/.test(complaint)) wrong.push(`${page}: ${words.join(" ")}: ${complaint}`);
    }
    assert.deepEqual(wrong, []);
  });

  it("would be found out if they were not", async () => {
    for (const words of [["aply"], ["status", "--wach"], ["validate", "acme"], ["verify"], ["cluster", "start"], ["apply", "--concurrency", "many"]]) assert.ok(await complaintOf(words), words.join(" "));
    assert.equal(await complaintOf(["exec", "acme", "--", "wp", "--nonsense"]), undefined);
  });
});
