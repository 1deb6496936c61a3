import type { Command } from "commander";
import { settingsFile } from "../../../config/environment";
import { storesCommand } from "../../../config/stores-command";
import { images, type ProvidedImages } from "../../operations/images";
import { fleetCommand, note, print, printAnswer, type Common } from "../common";
import { table } from "../ui/table";

export function imagesCommand(program: Command): void {
  fleetCommand(program, "images")
    .description("build this project's own images, and push them to the registry or load them into a cluster of this machine")
    .action(async (flags: Common) => {
      const provided = await images(flags, { say: note });
      if (flags.json) printAnswer("images", { env: flags.env, images: provided.images });
      else printImages(flags.env, provided);
    });
}

export function printImages(env: Common["env"], { images, cluster }: ProvidedImages): void {
  if (images.length === 0) return print(`Nothing to build: ${settingsFile(env)} puts others in place of all own images.`);
  const rows = images.map(({ name, reference, built, delivery }) => [name, reference, built ? "now" : "before", delivery]);
  print(table(["IMAGE", "REFERENCE", "BUILT", "PUSHED/LOADED"], rows));
  if (images.some(({ delivery }) => delivery === "none")) note(`Nothing was pushed or loaded: ${whyNot(env, cluster)}`);
}

function whyNot(env: Common["env"], cluster: ProvidedImages["cluster"]): string {
  if (cluster?.simulated) return "the pods of the embedded cluster are simulated, they need no image.";
  const registry = `set images.registry in ${settingsFile(env)}`;
  if (cluster) return `the nodes of context ${cluster.context} pull from a registry; ${registry}.`;
  return `environment ${env} has no running cluster. ${storesCommand("cluster up")} loads images into a cluster of this machine; for any other, ${registry}.`;
}
