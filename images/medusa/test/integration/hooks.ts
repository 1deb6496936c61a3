import { App } from "../helpers/app";

let started: App | undefined;

export const migrated = "migrated";

/** One application, Postgres and Redis for all files; databases are copies of one that is migrated and empty. */
export const app = (): App => {
  if (!started) throw new Error("only inside of tests");
  return started;
};

export const mochaHooks = {
  async beforeAll() {
    started = await App.start();
    await started.migrate(migrated);
  },
  async afterAll() {
    await started?.stop();
  },
};
