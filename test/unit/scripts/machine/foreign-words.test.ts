import assert from "node:assert/strict";
import { words } from "../../../../scripts/machine/foreign-words";
import { binaries } from "../../../../scripts/machine/tools/table";

it("the words of other programs were read from the versions that are used; a newer one's are to be read first", () => {
  const versionOf = (tool: string) => binaries.find(({ name }) => name === tool)?.version;
  assert.deepEqual([words.pulumi.version, words.helm.version, words.kubernetes.version], ["pulumi", "helm", "kube-apiserver"].map(versionOf));
});
