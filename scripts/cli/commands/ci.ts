import { Argument, Option, type Command } from "commander";
import { closeIssue, keepComment, keepIssue, type Noted } from "../../operations/ci/note";
import { ciPlatforms, initPipeline, type CiPlatform, type PipelineFile } from "../../operations/ci/init";
import { note, print, printAnswer, withCommon, type Common } from "../common";

interface NoteFlags extends Common {
  markdown: string;
}

interface IssueFlags extends Common {
  markdown?: string;
  close?: boolean;
}

/** What a pipeline does beside planning and applying, and its files. */
export function ciCommand(program: Command): void {
  const ci = program.command("ci").description("pipelines of GitHub Actions and GitLab CI");
  withCommon(ci.command("comment"))
    .description("in a pipeline: keep a plan as the one comment on its pull request; where FILE is missing, say that there is no plan")
    .requiredOption("--markdown <file>", "what `stores plan --markdown FILE` wrote")
    .action(async (flags: NoteFlags) => tell("ci comment", flags, "comment", await keepComment(flags.env, flags.markdown, { say: note })));
  withCommon(ci.command("issue"))
    .description("in a pipeline: keep one open issue about a fleet that is not as its list says, or close it")
    .addOption(new Option("--markdown <file>", "what `stores plan --markdown FILE` wrote"))
    .addOption(new Option("--close", "it is as its list says").conflicts("markdown"))
    .action(async (flags: IssueFlags, command: Command) => {
      if (flags.markdown === undefined && !flags.close) command.error("error: --markdown <file> or --close is needed");
      tell("ci issue", flags, "issue", flags.markdown === undefined ? await closeIssue(flags.env, { say: note }) : await keepIssue(flags.env, flags.markdown, { say: note }));
    });
  ci.command("init")
    .description("write the pipeline's files to where the platform looks for them; a file that is there is kept")
    .addArgument(new Argument("<platform>", "whose").choices(ciPlatforms))
    .option("--json", "print one JSON document on standard output, and nothing else there")
    .action((platform: CiPlatform, flags: { json?: boolean }) => {
      const files = initPipeline(platform);
      if (flags.json) return printAnswer("ci init", { files });
      const of = (wanted: PipelineFile["result"]) => files.filter(({ result }) => result === wanted);
      for (const { path } of of("written")) print(`written: ${path}`);
      for (const { path, source } of of("kept")) print(`kept: ${path} is not as the project has it: diff ${path} ${source}`);
      if (of("written").length > 0) note("What is to be set up on the platform: docs/pipelines.md");
      else print(`Nothing to do: ${of("unchanged").length} of ${files.length} files are as the project has them.`);
    });
}

function tell(command: "ci comment" | "ci issue", { json }: Common, what: string, noted: Noted): void {
  if (json) printAnswer(command, noted);
  else print(noted.result === "none" ? `no ${what} to close` : [`${what} ${noted.result}`, noted.url].filter(Boolean).join(": "));
}
