import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../../../config/environment";
import { ownImagesOf } from "../../../../config/own-images";
import type { Cluster } from "../../../../scripts/machine/cluster";
import { loadMissingImages, provideImages } from "../../../../scripts/machine/images";
import type { Run } from "../../../../scripts/machine/os/run";
import { useCacheFolder } from "../../helpers/cache-folder";
import { useImagesCheckout } from "../../helpers/images-checkout";

/** A machine whose programs are these; what one of them builds it has, and what another loads its node has. */
function machine(...programs: string[]) {
  const calls: string[] = [];
  const stores: Record<string, Set<string>> = {};
  const store = (name: string) => (stores[name] ??= new Set());
  let saved = "";
  const run: Run = async (command, all) => {
    const answer = (stdout: string | false) => ({ code: stdout === false ? 1 : 0, stdout: stdout || "", stderr: "" });
    if (!programs.includes(command)) return { code: 127, stdout: "", stderr: "" };
    const args = all[0] === "--namespace" ? all.slice(2) : all;
    const [words, last] = [args.slice(0, 2).join(" "), args.at(-1)!];
    if (args[0] === "info") return answer("28.1.0\n");
    if (args[0] === "version" || args[0] === "--version") return answer("v1");
    if (words === "image inspect") return answer(store(command).has(last) && "{}");
    if (words === "image ls" || args[2] === "ls") return answer([...store(command)].join("\n"));
    calls.push([command, ...all].join(" "));
    if (args[0] === "build") store(command).add(args[2]!);
    if (args[0] === "save") (writeFileSync(args[2]!, ""), (saved = last));
    if (words === "image load" || args[2] === "import") store(command).add(saved.includes("/") ? saved : `docker.io/library/${saved}`);
    return answer("");
  };
  return { run, calls };
}

describe("images for a cluster of this machine that its user made", () => {
  const root = useImagesCheckout();
  const cache = useCacheFolder();
  beforeEach(() => mkdirSync(join(cache(), "clusters/local"), { recursive: true }));

  const local = readSettings("local");
  const settings = { ...local, images: { ...local.images, overrides: { medusa: "medusa:1", "medusa-storefront": "storefront:1" } } };
  const on = (context: string): Cluster => ({ kind: "context", name: "local", context, kubeconfig: "", why: "", simulated: false });
  async function provide(context: string, { run, calls }: ReturnType<typeof machine>) {
    calls.length = 0;
    const [image] = await provideImages({ settings, cluster: on(context), log: () => {}, root: root(), run });
    return { delivery: image!.delivery, calls: calls.map((call) => call.replaceAll(root(), ".").replaceAll(cache(), "~")) };
  }

  const image = () => ownImagesOf(settings, root())[0]!.tagged;
  const archive = "~/clusters/local/image.tar";
  const cases: [string, string, string[], () => string[]][] = [
    ["Docker Desktop, which has what Docker builds", "docker-desktop", ["docker"], () => [`docker build --tag ${image()} ./images/woocommerce`]],
    ["Rancher Desktop with Docker's engine", "rancher-desktop", ["docker", "nerdctl"], () => [`docker build --tag ${image()} ./images/woocommerce`]],
    ["Rancher Desktop with containerd", "rancher-desktop", ["nerdctl"], () => [`nerdctl --namespace k8s.io build --tag ${image()} ./images/woocommerce`]],
    ["minikube", "minikube", ["minikube", "docker"], () => [
      `docker build --tag ${image()} ./images/woocommerce`, `docker save --output ${archive} ${image()}`, `minikube image load ${archive}`,
    ]],
    ["k3s, with Podman", "default", ["k3s", "podman"], () => [
      `podman build --tag docker.io/library/${image()} ./images/woocommerce`, `podman save --output ${archive} docker.io/library/${image()}`, `k3s ctr images import ${archive}`,
    ]],
  ];
  for (const [what, context, programs, expected] of cases) {
    it(`are built and loaded once: ${what}`, async () => {
      const there = machine(...programs);
      assert.deepEqual(await provide(context, there), { delivery: "loaded", calls: expected() });
      assert.deepEqual(await provide(context, there), { delivery: "already loaded", calls: [] });
    });
  }

  it("are nobody's business on any other context, whatever this machine has", async () => {
    const { run, calls } = machine("docker", "minikube", "k3s", "nerdctl");
    for (const context of ["prod-cluster", "kind-of-mine", "my-minikube"]) await loadMissingImages({ settings, cluster: on(context), log: () => {}, root: root(), run });
    const { run: without, calls: none } = machine("docker");
    await loadMissingImages({ settings, cluster: on("default"), log: () => {}, root: root(), run: without });
    assert.deepEqual([...calls, ...none], []);
  });
});
