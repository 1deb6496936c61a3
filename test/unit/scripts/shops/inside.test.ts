import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { engineNames } from "../../../../config/spec";
import { ordersQuestion, partOf, prepared } from "../../../../scripts/shops/inside";
import { renderChart, type KubernetesObject } from "../../helpers/rendered-chart";

type Container = { name: string; env?: { name: string; value?: string }[]; volumeMounts: { mountPath: string }[] };

describe("inside a shop", function () {
  this.timeout(30_000);

  /** The containers that a chart's Deployments and StatefulSets run. */
  const containersOf = (objects: KubernetesObject[]) =>
    new Map(objects.filter(({ kind }) => /^(Deployment|StatefulSet)$/.test(kind)).flatMap(({ spec }) => (spec.template.spec.containers as Container[]).map((it) => [it.name, it] as const)));

  for (const engine of engineNames) {
    it(`the parts of ${engine} are containers of its chart, which have the files that are read there`, async () => {
      const containers = containersOf(await renderChart(engine));
      const question = ordersQuestion(engine)!;
      for (const name of [undefined, question.part, { woocommerce: "wp", medusa: "psql" }[engine]]) {
        const part = partOf(engine, name)!;
        const container = containers.get(part.container);
        assert.ok(container, part.container);
        const files = [...part.prepare.matchAll(/\/run\/secrets\/[a-z]+/g)].map(([folder]) => folder);
        for (const folder of files) assert.ok(container.volumeMounts.some(({ mountPath }) => mountPath === folder), folder);
      }
    });
  }

  it("the database of WooCommerce has the user and the tables that are asked for", async () => {
    const containers = containersOf(await renderChart("woocommerce"));
    const env = (container: string) => Object.fromEntries(containers.get(container)!.env!.map(({ name, value }) => [name, value]));
    assert.deepEqual([env("mariadb").MARIADB_USER, env("mariadb").MARIADB_DATABASE, env("mariadb").MARIADB_PASSWORD_FILE], ["wordpress", "wordpress", "/run/secrets/database/password"]);
    assert.equal(env("wordpress").WORDPRESS_TABLE_PREFIX, "wp_");
  });

  it("knows a part by its container and by its program, and of others nothing", () => {
    assert.equal(partOf("woocommerce")?.container, "wordpress");
    assert.equal(partOf("woocommerce", "wp")?.container, "wordpress");
    assert.equal(partOf("medusa", "psql"), partOf("medusa", "postgres"));
    for (const [engine, part] of [["medusa", "redis"], ["medusa", "wp"], ["shopware", undefined]] as const) assert.equal(partOf(engine, part), undefined);
    assert.equal(ordersQuestion("shopware"), undefined);
  });

  it("a prepared command gets its words as they are, and is not run where the preparation fails", () => {
    const words = ["a b", "$HOME", "'", "--", ""];
    const run = (prepare: string, command: string[]) => {
      const [program, ...args] = prepared({ prepare }, command) as [string, ...string[]];
      return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    };
    assert.equal(run("export PASSED=yes", ["sh", "-c", 'printf "%s|" "$PASSED" "$@"', "sh", ...words]), ["yes", ...words, ""].join("|"));
    assert.throws(() => run("false", ["echo", "run"]), { status: 1 });
  });
});
