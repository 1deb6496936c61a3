import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSettings, type EnvironmentSettings } from "../../../../config/environment";
import { UserError } from "../../../../config/errors";
import { ownImagesOf } from "../../../../config/own-images";
import { printImages } from "../../../../scripts/cli/commands/images";
import type { Cluster } from "../../../../scripts/machine/cluster";
import { loadMissingImages, provideImages } from "../../../../scripts/machine/images";
import { run as runReally, type Run } from "../../../../scripts/machine/os/run";
import { useCacheFolder } from "../../helpers/cache-folder";
import { useImagesCheckout } from "../../helpers/images-checkout";

/** Not to be built here: one image is enough to see how. */
const medusaImages = { medusa: "medusa:1", "medusa-storefront": "storefront:1" };
const registry = "registry.example.com/shops";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const staleDigest = `sha256:${"f".repeat(64)}`;

const containers = (kind: "kind" | "k3d", engine: "docker" | "podman"): Cluster =>
  ({ kind, name: "local", engine, context: `${kind}-storefleet-local`, kubeconfig: "", why: "", simulated: false });
const embedded: Cluster = { kind: "embedded", name: "local", context: "storefleet-local", kubeconfig: "", why: "", simulated: true };
const elsewhere: Cluster = { ...embedded, kind: "context", context: "prod-cluster", simulated: false };

interface Machine {
  /** The engines that answer. */
  engines?: ("docker" | "podman")[];
  /** What the engines and the cluster's node have. */
  built?: string[];
  onNode?: string[];
  /** Commands that fail, by their first two words, with what they write. */
  failing?: Record<string, string>;
  /** The import says that it went well, but the node drops the image. */
  forgetfulNode?: boolean;
}

/** A machine that remembers what is built and loaded; every command that changes something is noted. */
function machine({ engines = ["docker"], built = [], onNode = [], failing = {}, forgetfulNode = false }: Machine) {
  const calls: string[] = [];
  const [images, node] = [new Set(built), new Set(onNode)];
  let saved: string | undefined;
  const answers: Record<string, (args: string[], engine: string) => string | undefined> = {
    info: () => "28.1.0\n",
    "image inspect": (args) => {
      return images.has(args.at(-1)!) ? "{}" : undefined;
    },
    exec: (args) => (node.has(args.at(-1)!) ? "{}" : undefined),
    build: (args) => (images.add(args[args.findIndex((arg) => arg === "--tag" || arg === "--manifest") + 1]!), ""),
    "buildx build": (args) => (writeFileSync(args[args.indexOf("--metadata-file") + 1]!, JSON.stringify({ "containerimage.digest": digest })), ""),
    "manifest rm": () => undefined,
    "manifest push": (args) => (images.has(args.at(-2)!) ? (writeFileSync(args[4]!, digest), "") : undefined),
    save: (args) => (images.has(args.at(-1)!) ? ((saved = args.at(-1)!), writeFileSync(args[2]!, "", { flag: "wx" }), "") : undefined),
    "image import": (args) => receive(args[2]!),
    "load docker-image": (args) => receive(args[2]!),
    "load image-archive": () => (saved === undefined ? undefined : receive(saved)),
  };
  function receive(image: string): string {
    if (!forgetfulNode) node.add(image.includes("/") ? image : `docker.io/library/${image}`);
    return "";
  }
  const run: Run = async (command, args, options) => {
    const key = Object.keys(answers).find((words) => args.join(" ").startsWith(`${words} `))!;
    if (!["info", "image inspect", "exec"].includes(key)) calls.push([command, ...args].join(" "));
    if (command !== "kind" && command !== "k3d" && !engines.some((engine) => engine === command)) return { code: 127, stdout: "", stderr: "" };
    const failure = failing[`${command} ${args[0]}`];
    if (failure !== undefined) return { code: 1, stdout: "", stderr: failure };
    if (key === "build") options?.onLine?.("STEP 1/2: FROM wordpress");
    const stdout = answers[key]!(args, command);
    return stdout === undefined ? { code: 1, stdout: "", stderr: "no such image" } : { code: 0, stdout, stderr: "" };
  };
  return { run, calls };
}

describe("stores images", () => {
  const root = useImagesCheckout();
  const cache = useCacheFolder();
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    mkdirSync(join(cache(), "clusters/local"), { recursive: true });
  });

  const settingsWith = (images: Partial<EnvironmentSettings["images"]>): EnvironmentSettings => ({
    ...readSettings("local"),
    images: { ...readSettings("local").images, ...images, overrides: { ...medusaImages, ...images.overrides } },
  });
  const tagged = (images: Partial<EnvironmentSettings["images"]> = {}) => ownImagesOf(settingsWith(images), root())[0]!.tagged;
  const published = () => readFileSync(join(root(), "images/published.json"), "utf8");

  /** What came out, and the commands that changed something, without this machine's paths. */
  async function provide(on: Machine, cluster?: Cluster, images: Partial<EnvironmentSettings["images"]> = {}) {
    const { run, calls } = machine(on);
    const provided = await provideImages({ settings: settingsWith(images), cluster, log: (line) => lines.push(line), root: root(), run });
    return { provided, calls: calls.map((call) => call.replaceAll(root(), ".").replaceAll(cache(), "~").replace(/\S*storefleet-push-\w+/, "TEMP")) };
  }

  describe("on kind and k3d", () => {
    const cases: [string, Cluster, Machine, (image: string) => string[]][] = [
      ["kind with Docker", containers("kind", "docker"), {}, (image) => [
        `docker build --tag ${image} ./images/woocommerce`, `kind load docker-image ${image} --name storefleet-local`,
      ]],
      ["kind with Podman, under the name that the node looks for", containers("kind", "podman"), { engines: ["podman"] }, (image) => [
        `podman build --tag docker.io/library/${image} ./images/woocommerce`,
        `podman save --output ~/clusters/local/image.tar docker.io/library/${image}`,
        "kind load image-archive ~/clusters/local/image.tar --name storefleet-local",
      ]],
      ["k3d", containers("k3d", "docker"), {}, (image) => [
        `docker build --tag ${image} ./images/woocommerce`, `k3d image import ${image} --cluster storefleet-local`,
      ]],
    ];
    for (const [what, cluster, on, expected] of cases) {
      it(`builds and loads with ${what}`, async () => {
        const { provided, calls } = await provide(on, cluster);
        assert.deepEqual(provided, [{ name: "woocommerce", reference: tagged(), built: true, delivery: "loaded" }]);
        assert.deepEqual(calls, expected(tagged()));
        assert.deepEqual(lines, [`building ${tagged()} from images/woocommerce`, "STEP 1/2: FROM wordpress", `loading ${tagged()} into ${cluster.kind} cluster storefleet-local`]);
      });
    }

    it("takes the cluster's own engine, whatever else answers", async () => {
      const { calls } = await provide({ engines: ["docker", "podman"] }, containers("kind", "podman"));
      assert.deepEqual(calls.filter((call) => call.startsWith("docker")), []);
    });

    it("loads what the engine has, without building it", async () => {
      const { provided, calls } = await provide({ built: [tagged()] }, containers("kind", "docker"));
      assert.deepEqual(provided, [{ name: "woocommerce", reference: tagged(), built: false, delivery: "loaded" }]);
      assert.deepEqual(calls, [`kind load docker-image ${tagged()} --name storefleet-local`]);
    });

    it("does nothing, and says nothing, where the node has the image", async () => {
      for (const kind of ["kind", "k3d"] as const) {
        const { provided, calls } = await provide({ onNode: [`docker.io/library/${tagged()}`] }, containers(kind, "docker"));
        assert.deepEqual(provided, [{ name: "woocommerce", reference: tagged(), built: false, delivery: "already loaded" }]);
        assert.deepEqual([...calls, ...lines], []);
      }
    });

    it("fails when the import did, also where that calls itself a success", async () => {
      await assert.rejects(provide({ failing: { "kind load": "ERROR: no nodes found" } }, containers("kind", "docker")), /^UserError: kind load docker-image failed: ERROR: no nodes found$/);
      await assert.rejects(provide({ forgetfulNode: true }, containers("k3d", "docker")), (error: unknown) => error instanceof UserError && /its node does not have it$/.test(error.message) && error.hint === "Is its disk full? docker exec k3d-storefleet-local-server-0 df -h");
    });

    it("takes an archive away that a killed run left", async () => {
      writeFileSync(join(cache(), "clusters/local/image.tar"), "half");
      assert.equal((await provide({ engines: ["podman"] }, containers("kind", "podman"))).provided[0]?.delivery, "loaded");
    });
  });

  it("`cluster up` builds and loads on kind and k3d without a registry, and does nothing anywhere else", async () => {
    const commands = async (cluster: Cluster, images: Partial<EnvironmentSettings["images"]> = {}) => {
      const { run, calls } = machine({});
      await loadMissingImages({ settings: settingsWith(images), cluster, log: () => {}, root: root(), run });
      return calls.map((call) => call.split(" ").slice(0, 2).join(" "));
    };
    assert.deepEqual(await commands(containers("kind", "docker")), ["docker build", "kind load"]);
    assert.deepEqual(await commands(containers("k3d", "docker")), ["docker build", "k3d image"]);
    for (const cluster of [embedded, elsewhere]) assert.deepEqual(await commands(cluster), []);
    assert.deepEqual(await commands(containers("kind", "docker"), { registry }), []);
  });

  describe("with a registry", () => {
    const both = ["linux/amd64", "linux/arm64"] as const;
    const buildx = (image: string, platforms = both.join()) => [`docker buildx build --platform ${platforms} --tag ${image} --push --metadata-file TEMP/digest ./images/woocommerce`];
    const podman = (image: string) => [
      `podman manifest rm ${image}-platforms`,
      `podman build --platform ${both.join()} --manifest ${image}-platforms ./images/woocommerce`,
      `podman manifest push --all --digestfile TEMP/digest ${image}-platforms docker://${image}`,
    ];
    const record = (entries: object) => writeFileSync(join(root(), "images/published.json"), JSON.stringify(entries));

    for (const [engine, commands] of [["docker", buildx], ["podman", podman]] as const) {
      it(`builds for all processors, pushes and records the digest with ${engine}`, async () => {
        const image = tagged({ registry });
        record({ "z:1": { digest: staleDigest, platforms: both }, "a:1": { digest: staleDigest, platforms: both } });
        const { provided, calls } = await provide({ engines: [engine] }, containers("kind", "docker"), { registry });
        assert.deepEqual(provided, [{ name: "woocommerce", reference: `${image}@${digest}`, built: true, delivery: "pushed" }]);
        assert.deepEqual(calls, commands(image));
        const entry = (of: string) => ({ digest: of, platforms: both });
        assert.equal(published(), `${JSON.stringify({ "a:1": entry(staleDigest), [image]: entry(digest), "z:1": entry(staleDigest) }, null, 2)}\n`);
        assert.equal(lines.at(-1), "its digest stands in images/published.json now: commit that file");
      });
    }

    it("prefers Docker where both answer", async () => {
      const { calls } = await provide({ engines: ["docker", "podman"] }, undefined, { registry });
      assert.deepEqual(calls, buildx(tagged({ registry })));
    });

    it("builds for the processors that the settings name, also where the engine has the image for its own", async () => {
      const image = tagged({ registry });
      const { calls } = await provide({ built: [image] }, undefined, { registry, platforms: ["linux/arm64"] });
      assert.deepEqual(calls, buildx(image, "linux/arm64"));
      assert.deepEqual(JSON.parse(published()), { [image]: { digest, platforms: ["linux/arm64"] } });
    });

    it("does nothing when the image is published for all of them, not even ask for an engine", async () => {
      const image = tagged({ registry });
      record({ [image]: { digest, platforms: [...both].reverse() } });
      const { provided, calls } = await provide({ engines: [] }, undefined, { registry });
      assert.deepEqual(provided, [{ name: "woocommerce", reference: `${image}@${digest}`, built: false, delivery: "already pushed" }]);
      assert.deepEqual([...calls, ...lines], []);
    });

    it("publishes again what is published for fewer processors", async () => {
      const image = tagged({ registry });
      record({ [image]: { digest: staleDigest, platforms: ["linux/arm64"] } });
      const { provided } = await provide({}, undefined, { registry });
      assert.deepEqual([provided[0]?.delivery, JSON.parse(published())], ["pushed", { [image]: { digest, platforms: both } }]);
    });

    it("records nothing when it fails, and says how to mend that", async () => {
      for (const [words, hint] of [
        ["#9 pushing\ndenied: requested access to the resource is denied", /^Is this machine logged in\? docker login registry\.example\.com\n/],
        ["ERROR: Multi-platform build is not supported for the docker driver.", /docker buildx create --use$/],
        ["docker: 'buildx' is not a docker command.", /Install Docker's buildx/],
        ["exec /bin/sh: exec format error", /docker run --privileged --rm \S+binfmt --install all$/],
      ] as const) {
        await assert.rejects(provide({ failing: { "docker buildx": words } }, undefined, { registry }), (error: unknown) => error instanceof UserError && error.message === `docker buildx build of images/woocommerce failed:\n${words}` && hint.test(error.hint ?? ""), words);
      }
      await assert.rejects(provide({ engines: ["podman"], failing: { "podman manifest": "denied" } }, undefined, { registry }), /^UserError: podman manifest push \S+ failed:\ndenied$/);
      assert.equal(published(), "{}\n");
    });
  });

  describe("without either", () => {
    const show = async (cluster: Cluster | undefined, on: Machine = {}) => {
      const { provided } = await provide(on, cluster);
      const written = { out: "", err: "" };
      const real = { out: process.stdout.write, err: process.stderr.write };
      process.stdout.write = ((text: string) => ((written.out += text), true)) as typeof process.stdout.write;
      process.stderr.write = ((text: string) => ((written.err += text), true)) as typeof process.stderr.write;
      try {
        printImages("local", { images: provided, cluster });
      } finally {
        process.stdout.write = real.out;
        process.stderr.write = real.err;
      }
      return written;
    };

    it("builds, and tells that nothing was pushed or loaded, and why", async () => {
      for (const [cluster, why] of [
        [embedded, /simulated, they need no image/],
        [elsewhere, /context prod-cluster pull from a registry; set images\.registry in Pulumi\.local\.yaml/],
        [undefined, /no running cluster.*set images\.registry in Pulumi\.local\.yaml/],
      ] as const) {
        const { out, err } = await show(cluster);
        assert.match(out, new RegExp(`^IMAGE +REFERENCE +BUILT +PUSHED/LOADED\\nwoocommerce +${tagged()} +now +none\\n$`));
        assert.match(err, /^Nothing was pushed or loaded: /);
        assert.match(err, why);
      }
    });

    it("says that it was built before, and nothing more where it was loaded", async () => {
      assert.match((await show(embedded, { built: [tagged()] })).out, / before +none\n$/);
      assert.equal((await show(containers("kind", "docker"))).err, "");
    });
  });

  it("leaves out an image that the settings put another in place of", async () => {
    const { provided, calls } = await provide({}, containers("kind", "docker"), { overrides: { wordpress: "wordpress:1" } });
    assert.deepEqual([provided, calls], [[], []]);
  });

  it("tells the last lines of a build that failed, and loads nothing", async () => {
    const output = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join("\n");
    await assert.rejects(provide({ failing: { "docker build": output } }, containers("kind", "docker")), (error: unknown) => {
      assert.ok(error instanceof UserError);
      const [head, ...rest] = error.message.split("\n");
      assert.equal(head, "docker build of images/woocommerce failed:");
      assert.deepEqual([rest.length, rest[0], rest.at(-1)], [15, "line 26", "line 40"]);
      return /images\/woocommerce\/Dockerfile/.test(error.hint ?? "");
    });
  });

  it("needs an engine, and names the image that another builder could make", async () => {
    await assert.rejects(provide({ engines: [] }, embedded), (error: unknown) => error instanceof UserError && error.message === `${tagged()} can not be built from images/woocommerce: neither Docker nor Podman answers` && /docs\.docker\.com.*podman\.io/.test(error.hint ?? ""));
  });
});

describe("running a command", () => {
  it("tells every line while it runs, the unfinished last one too, and returns them all", async () => {
    const lines: string[] = [];
    const script = "process.stdout.write('one\\ntwo\\n'); process.stderr.write('three')";
    const result = await runReally(process.execPath, ["-e", script], { onLine: (line) => lines.push(line) });
    assert.deepEqual(result, { code: 0, stdout: "one\ntwo\n", stderr: "three" });
    assert.deepEqual(lines.sort(), ["one", "three", "two"]);
  });

  it("that does not exist is no exception", async () => {
    const result = await runReally(join(dirname(process.execPath), "no-such-command"), [], { onLine: () => assert.fail() });
    assert.equal(result.code, 127);
  });
});
