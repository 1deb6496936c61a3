import { Option, type Command } from "commander";
import { filesOf, markOf, operatorManifests, yamlOf } from "../../operations/export";
import { fillFolder, isStale } from "../../operations/export/folder";
import { exitCodes, note, print, printAnswer, withCommon, type Common } from "../common";

interface ExportFlags extends Common {
  out?: string;
  check?: boolean;
  allowDestroy?: boolean;
}

export function exportCommand(program: Command): void {
  const command = program.command("export").description("the fleet as others run it");
  withCommon(command.command("operator"))
    .description("Stacks of the Pulumi Kubernetes Operator, one for the environment and one for each store: kubectl apply --server-side takes them")
    .option("--out <folder>", "write a file for each, and remove those of stores that left the list")
    .addOption(new Option("--check", "write nothing, and end with 2 where the folder is not as it would be made"))
    .option("--allow-destroy", "whoever deletes a Stack destroys its shop, unless it is protected; else it stays, data and all")
    .action((flags: ExportFlags, command: Command) => {
      if (flags.check && flags.out === undefined) command.error("error: --check needs --out <folder>");
      const manifests = operatorManifests(flags);
      if (flags.out === undefined) {
        if (flags.json) return printAnswer("export operator", { env: flags.env, items: manifests.map((it) => ({ ...it })), files: [] });
        return print(manifests.map(yamlOf).join("---\n").trimEnd());
      }
      const files = fillFolder(flags.out, filesOf(flags.env, manifests), markOf(flags.env), { onlyLook: flags.check });
      if (flags.check && isStale(files)) process.exitCode = exitCodes.changes;
      if (flags.json) return printAnswer("export operator", { env: flags.env, items: [], files });
      for (const { file, result } of files.filter(({ result }) => result !== "unchanged")) print(`${result}: ${file}`);
      note(`${files.filter(({ result }) => result === "unchanged").length} of ${files.length} files are as they were`);
    });
}
