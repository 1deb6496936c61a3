import { ImageProject } from "./project";

describe("images/medusa-storefront", function () {
  this.timeout(10 * 60_000);
  const project = new ImageProject("medusa-storefront");

  before(() => project.prepare());

  it("type-checks", () => project.npm(["run", "check"]));
  it("passes its tests, and builds", async () => {
    await project.npm(["test"]);
    await project.npm(["run", "build"]);
  });
});
