import assert from "node:assert/strict";
import { clusterReset, clusterUp } from "../../../scripts/machine/cluster";
import { ensureTools, operationTools } from "../../../scripts/machine/tools";
import { PluginProject, type Outcome } from "./plugin-project";

const quiet = () => undefined;

/** What a test of the plugins works with: a project of its own, and a namespace that no other test waits for. */
export interface Workplace {
  project: PluginProject;
  kubeconfig: string;
  shop: string;
}

/** A suite on a cluster of its own; `place` holds the running test's workplace. */
export function describePlugins(title: string, clusterName: string, body: (place: Workplace) => void): void {
  describe(title, function () {
    this.timeout(180_000);
    const place = {} as Workplace;
    let count = 0;

    before(async function () {
      this.timeout(30 * 60_000);
      await ensureTools(operationTools, quiet);
      place.kubeconfig = (await clusterUp({ name: clusterName, log: quiet })).kubeconfig;
    });

    beforeEach(async () => {
      place.shop = `shop-${++count}`;
      place.project = new PluginProject(place.kubeconfig);
      await place.project.start();
    });

    afterEach(async () => {
      await place.project.kubectl("delete", "namespace", place.shop, "--ignore-not-found", "--wait=false");
      place.project.remove();
    });

    after(() => clusterReset(clusterName));

    body(place);
  });
}

/** The part of a program that makes the test's namespace, and the options that put an object into it. */
export const namespaceOf = ({ shop }: Workplace) => `const ns = new core.Namespace("ns", { metadata: { name: "${shop}" } }, { provider });`;
export const inNamespace = `{ provider, parent: ns }`;

export function succeeded(outcome: Outcome): string {
  assert.equal(outcome.code, 0, outcome.text);
  return outcome.text;
}

export function failed(outcome: Outcome, message: RegExp): void {
  assert.notEqual(outcome.code, 0, outcome.text);
  assert.match(outcome.text, message);
}
