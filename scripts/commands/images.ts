import type { Command } from "commander";
import { readSettings, settingsFile } from "../../config/environment";
import { storesCommand } from "../../config/stores-command";
import { currentCluster, type Cluster } from "../cluster";
import { provideImages, type ProvidedImage } from "../images";
import { clusterName } from "../paths";
import { table } from "../ui/table";
import { note, print, printJson, withCommon, type Common } from "./common";

export function imagesCommand(program: Command): void {
  withCommon(program.command("images"))
    .description("build this project's own images, and push them to the registry or load them into kind or k3d")
    .action(async (flags: Common) => {
      const cluster = await currentCluster(clusterName(flags.env));
      const images = await provideImages({ settings: readSettings(flags.env), cluster, log: note });
      if (flags.json) return printJson(images);
      printImages(flags.env, images, cluster);
    });
}

export function printImages(env: Common["env"], images: ProvidedImage[], cluster: Cluster | undefined): void {
  if (images.length === 0) return print(`Nothing to build: ${settingsFile(env)} puts others in place of all own images.`);
  const rows = images.map(({ name, reference, built, delivery }) => [name, reference, built ? "now" : "before", delivery]);
  print(table(["IMAGE", "REFERENCE", "BUILT", "PUSHED/LOADED"], rows));
  if (images.some(({ delivery }) => delivery === "none")) note(`Nothing was pushed or loaded: ${whyNot(env, cluster)}`);
}

function whyNot(env: Common["env"], cluster: Cluster | undefined): string {
  if (cluster?.simulated) return "the pods of the embedded cluster are simulated, they need no image.";
  const registry = `set images.registry in ${settingsFile(env)}`;
  if (cluster) return `the nodes of context ${cluster.context} pull from a registry; ${registry}.`;
  return `environment ${env} has no running cluster. ${storesCommand("cluster up")} loads images into kind and k3d; for any other cluster, ${registry}.`;
}
