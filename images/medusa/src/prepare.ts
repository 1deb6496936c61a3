import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { MigrationScriptsMigrator } from "@medusajs/framework/migrations";
import { MedusaModule } from "@medusajs/framework/modules-sdk";
import type { MedusaContainer } from "@medusajs/framework/types";
import { ContainerRegistrationKeys, getResolvedPlugins, Modules } from "@medusajs/framework/utils";
import { migrate } from "@medusajs/medusa/commands/db/migrate";
import load, { initializeContainer } from "@medusajs/medusa/loaders/index";

import seed from "./scripts/seed";

/**
 * From any database, an empty one too, to a shop that server and worker of this image can start on: what `medusa db:migrate`,
 * `db:migrate:scripts` and `exec ./src/scripts/seed.js` do. In one process, because loading Medusa is most of the work of
 * each; and it fails when the data scripts do, which `db:migrate` does not.
 */
async function prepare(directory: string): Promise<void> {
  // As Medusa's own commands do: no event of the shop is handled here.
  process.env.MEDUSA_WORKER_MODE = "server";
  const container = await initializeContainer(directory);
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER);
  await waitForTurn(container);
  const done = await migrate({
    directory,
    container,
    logger,
    skipLinks: false,
    executeSafeLinks: true,
    executeAllLinks: false,
    executeSafeSearch: true,
    executeAllSearch: false,
    // Without an index of ours, which would be defined there, that is one more load of Medusa for nothing.
    skipSearch: !existsSync(join(directory, "src/search")),
    skipScripts: true,
  });
  if (!done) throw new Error("the search indexes could not be migrated");

  // What planned the migrations is loaded in part only.
  MedusaModule.clearInstances();
  const { container: app } = await load({ directory, expressApp: undefined as never, skipLoadingEntryPoints: true });
  await runDataScripts(app, directory);
  await seed({ container: app, args: [] });
}

/** One at a time for each database. The lock goes with the connection, so a killed process leaves none behind. */
async function waitForTurn(container: MedusaContainer): Promise<void> {
  const pg = container.resolve(ContainerRegistrationKeys.PG_CONNECTION);
  const connection = await pg.client.acquireConnection();
  const ask = async (lock: string) => (await pg.raw(`select ${lock}(hashtext('storefleet-prepare')) as ours`).connection(connection)).rows[0].ours;
  if (await ask("pg_try_advisory_lock")) return;
  container.resolve(ContainerRegistrationKeys.LOGGER).info("waiting for another process that prepares this database");
  await ask("pg_advisory_lock");
}

/** Changes of data that come with a new version of Medusa, each of them once. */
async function runDataScripts(container: MedusaContainer, directory: string): Promise<void> {
  const config = container.resolve(ContainerRegistrationKeys.CONFIG_MODULE);
  const plugins = await getResolvedPlugins(directory, config, true);
  const folders = [dirname(require.resolve("@medusajs/medusa")), ...plugins.map(({ resolve }) => resolve)];
  const migrator = new MigrationScriptsMigrator({ container });
  await migrator.ensureMigrationsTable();
  // A killed run leaves this lock in Redis for an hour. Whoever is here is the only one at work.
  await container.resolve(Modules.LOCKING).release("migration-scripts-running");
  await migrator.run(folders.map((folder) => join(folder, "migration-scripts")));
}

// The first process of a container is ended by no signal that it does not ask for; and all of this may be cut off anywhere.
process.once("SIGTERM", () => process.exit(143));
prepare(process.cwd()).then(
  () => process.exit(0),
  (error: Error) => {
    // The cause is the last line: that is what the cluster keeps of a failed container.
    console.error(error.stack);
    console.error(`error: ${error.message}`);
    process.exit(1);
  },
);
