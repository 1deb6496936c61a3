import { rmSync } from "node:fs";

import { App, type Template } from "../helpers/app";

/** A database of every template: all migrations and data scripts were run, nothing was seeded. */
export const migrated = "migrated";

let template: Template | undefined;
let started: App | undefined;

/** The application with a Postgres and a Redis that each test file has for itself. */
export const app = (): App => {
  if (!started) throw new Error("only inside of tests");
  return started;
};

/** Once, before the files are run side by side. */
export async function mochaGlobalSetup(): Promise<void> {
  template = await App.template(migrated);
  process.env.TEST_TEMPLATE = JSON.stringify(template);
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (template) rmSync(template.folder, { recursive: true, force: true });
}

export const mochaHooks = {
  async beforeAll() {
    started = await App.start(JSON.parse(process.env.TEST_TEMPLATE!) as Template);
  },
  async afterAll() {
    await started?.stop();
  },
};
