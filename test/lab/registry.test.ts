import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ownImagesOf } from "../../config/own-images";
import { Lab, say } from "./lab";
import { Podman } from "./podman";
import { Registry } from "./registry";

/** `stores images` with a registry that wants a login, and the shops that pull from it. One own image goes there: the one that is built soonest. */
describe("A registry in the lab", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();
  const registry = new Registry(join(lab.folder, "registry"));
  const own = ownImagesOf({ images: { overrides: {} } } as never, lab.project);
  const medusa = own.find(({ name }) => name === "medusa")!.tagged;
  const [repository, tag] = own.find(({ name }) => name === "medusa-storefront")!.tagged.split(":") as [string, string];
  const settings = (secrets: { pullSecret?: string | undefined } = {}) =>
    lab.settings({ images: { wordpress: "wordpress:unused", medusa }, registry: registry.host, platforms: [`linux/${process.arch === "x64" ? "amd64" : process.arch}`] }, secrets);
  const published = () => (JSON.parse(readFileSync(join(lab.project, "images/published.json"), "utf8")) as Record<string, { digest: string } | undefined>)[`${registry.host}/${repository}:${tag}`];
  let podman: Podman;

  before(async () => {
    await registry.start();
    podman = new Podman(join(lab.folder, "podman"), registry.host);
    podman.prepare(join(lab.folder, "bin"));
    settings();
  });
  after(async () => {
    podman.remove();
    registry.stop();
    await lab.remove();
  });

  it("refuses a push without a login, which is named with its mend, and nothing is recorded", async () => {
    const { code, stderr } = await lab.stores("images");
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`podman manifest push ${registry.host}/${repository}:${tag} failed:[^]*(unauthorized|authentication required)[^]*podman login ${registry.host}`));
    assert.equal(published(), undefined);
    assert.equal(await registry.digestOf(repository, tag), null);
  });

  it("gets the image, and its digest is recorded; a second time there is nothing to do", async () => {
    podman.login(registry.user, registry.password);
    const push = async () => (await lab.json<{ images: { reference: string; built: boolean; delivery: string }[] }>("images")).images.map(({ reference, built, delivery }) => ({ reference, built, delivery }));
    const first = await push();
    const digest = await registry.digestOf(repository, tag);
    const reference = `${registry.host}/${repository}:${tag}@${digest}`;
    assert.equal(published()?.digest, digest);
    assert.deepEqual(first, [{ reference, built: true, delivery: "pushed" }]);
    assert.deepEqual(await push(), [{ reference, built: false, delivery: "already pushed" }]);
  });

  for (const [title, pullSecret, named] of [
    ["no pull secret", () => undefined, /wants a login and the pod has no imagePullSecrets/],
    ["a login that is wrong", () => registry.login("another"), /refuses the login in its pull secret image-pull/],
  ] as const) {
    it(`names the refused pull of a shop with ${title}`, async () => {
      settings({ pullSecret: pullSecret() });
      if (lab.variables.KUBECONFIG === undefined) await lab.up();
      else await lab.ok("cluster", "up");
      lab.list("{ name: shop, engine: medusa }");
      assert.notEqual((await lab.storesWith({ HELM_TIMEOUT: "60" }, "apply")).code, 0);
      const { phase, reason } = await lab.statusOf("shop");
      say(`${reason}`);
      assert.equal(phase, "FAILED");
      assert.match(reason ?? "", named);
    });
  }

  it("gives the image to a shop with the pull secret of the settings, by the digest that was recorded", async () => {
    settings({ pullSecret: registry.login() });
    await lab.ok("cluster", "up");
    await lab.ok("apply");
    await lab.verify("shop");
    const pod = (await lab.objects("shop", "pods")).find(({ metadata }) => metadata.labels?.app === "medusa-storefront");
    assert.deepEqual(pod?.spec?.imagePullSecrets, [{ name: "image-pull" }]);
    assert.equal((pod?.status?.containerStatuses as { imageID: string }[])[0]?.imageID, `${registry.host}/${repository}@${published()?.digest}`);
  });
});
