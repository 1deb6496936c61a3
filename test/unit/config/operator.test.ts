import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { readOperator } from "../../../config/operator";

const image = `registry.example.com:5000/shops/storefleet-runner@sha256:${"0".repeat(64)}`;

describe("who runs the stacks", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "operator-"))));
  after(() => rmSync(folder, { recursive: true }));

  const read = (operator: unknown) => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), JSON.stringify({ config: { "storefleet:operator": operator } }));
    return readOperator("prod", folder);
  };

  it("is said by an image and the names of variables", () => {
    assert.deepEqual(read({ image }), { image, variables: [] });
    assert.deepEqual(read({ image, variables: ["AWS_PROFILE"] }), { image, variables: ["AWS_PROFILE"] });
  });

  for (const [raw, expected] of [
    [undefined, /^Pulumi\.prod\.yaml: storefleet:operator is missing — name the image that runs the stacks: docs\/operator\.md$/],
    [null, /operator\.image is missing/],
    [{ image: "storefleet-runner:1" }, /operator\.image is not an image by its digest — write it like "registry\.example\.com\/shops\/storefleet-runner@sha256:…"/],
    [{ image: `${image}0` }, /is not an image by its digest/],
    [{ image, variables: ["A=b"] }, /operator\.variables\[0\] is not the name of an environment variable — write it like AWS_ACCESS_KEY_ID/],
    [{ image, variable: [] }, /operator\.variable is not a known key — did you mean "variables"\?/],
  ] as const) {
    it(`is refused as ${JSON.stringify(raw)}`, () => {
      assert.throws(() => read(raw), (error: UserError) => {
        assert.match(error.message, expected);
        assert.deepEqual([error.code, error.hint], ["settings-invalid", "Edit Pulumi.prod.yaml; every setting is described in config/operator.ts."]);
        return true;
      });
    });
  }
});
