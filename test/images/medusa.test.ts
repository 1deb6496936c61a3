import { join } from "node:path";
import { ensureDataStores } from "./data-stores";
import { ImageProject } from "./project";

/** A first run installs a thousand packages and builds the admin page, which takes minutes. */
describe("images/medusa", function () {
  this.timeout(20 * 60_000);
  const project = new ImageProject("medusa");

  before(async () => {
    await ensureDataStores();
    await project.prepare();
  });

  it("type-checks", () => project.npm(["run", "check"]));
  it("passes its unit tests", () => project.npm(["test"]));

  it("prepares databases, sells, and gets over faults, with real Postgres and Redis", async () => {
    const tree = await project.built((folder) => project.run("sh", [join(project.folder, "assemble.sh"), folder]));
    await project.npm(["run", "test:integration"], { APP_TREE: tree });
  });
});
