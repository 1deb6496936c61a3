import assert from "node:assert/strict";
import { shortened } from "../../../../scripts/cli/commands/status";
import { podOf, Shop, waiting } from "../../helpers/troubled-shop";

const image = "registry.example.com/shops/mariadb:401";
const unpack = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
const token = "https://registry.example.com/token?scope=repository%3Ashops%2Fdenied%3Apull&service=registry.example.com";

/** What kubelets show of pulls that a registry refuses, by who says so. */
const refusals = {
  "GHCR by containerd, no login": `${unpack}: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${token}: 401 Unauthorized`,
  "GHCR by containerd, a login that ran out": `${unpack}: failed to authorize: failed to fetch oauth token: unexpected status from GET request to ${token}: 403 Forbidden`,
  "GHCR by Docker": 'rpc error: code = Unknown desc = Error response from daemon: Head "https://ghcr.io/v2/shops/mariadb/manifests/1": denied: denied',
  "Docker Hub by containerd": 'failed to pull and unpack image "docker.io/shops/mariadb:1": failed to resolve reference "docker.io/shops/mariadb:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  "Docker Hub by CRI-O": "unable to pull image or OCI artifact: initializing source docker://shops/mariadb:1: reading manifest 1 in docker.io/shops/mariadb: errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n",
  "ECR by containerd": `${unpack}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  "ECR by containerd, a token that ran out": `${unpack}: unexpected status from HEAD request to https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/mariadb/manifests/1: 403 Forbidden`,
  "ECR by Docker": "rpc error: code = Unknown desc = Error response from daemon: Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/mariadb/manifests/1: no basic auth credentials",
  "Google Artifact Registry": 'rpc error: code = Unknown desc = Error response from daemon: Get https://us-docker.pkg.dev/v2/a/b/c/manifests/1: denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/a/locations/us/repositories/b" (or it may not exist)',
  "Azure": "rpc error: code = Unknown desc = Error response from daemon: Get https://a.azurecr.io/v2/b/manifests/1: unauthorized: authentication required, visit https://aka.ms/acr/authorization for more information.",
  "Quay by CRI-O": "reading manifest 1 in quay.io/shops/mariadb: unauthorized: access to the requested resource is not authorized",
  "Harbor by containerd": `${unpack}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  "Harbor by CRI-O": "reading manifest 1 in harbor.example.com/shops/mariadb: unauthorized: unauthorized to access repository: shops/mariadb, action: pull: unauthorized to access repository: shops/mariadb, action: pull",
  "a token service by CRI-O": "Requesting bearer token: invalid status code from registry 403 (Forbidden)",
  "a wrong password by CRI-O": "unable to retrieve auth token: invalid username/password: unauthorized: unauthenticated: User cannot be authenticated with the token provided.",
  "Docker's own registry by CRI-O": "reading manifest v1 in registry.example.com/shops/mariadb: authentication required",
};
const absences = {
  containerd: `rpc error: code = NotFound desc = ${unpack}: ${image}: not found`,
  "CRI-O": "reading manifest 9 in registry.example.com/shops/mariadb: manifest unknown: manifest unknown",
  "ECR by CRI-O": "reading manifest 9 in 1.dkr.ecr.eu-west-1.amazonaws.com/mariadb: name unknown: The repository with name 'mariadb' does not exist in the registry with id '1'",
  Docker: "rpc error: code = Unknown desc = Error response from daemon: manifest for mariadb:9 not found: manifest unknown: manifest unknown",
  "containerd with one login of two": `[${unpack}: 401 Unauthorized, rpc error: code = NotFound desc = ${unpack}: ${image}: not found]`,
};

const login = 'eval "$(./scripts/stores env)" && pulumi config set --stack local --secret storefleet:pullSecret "$(cat dockerconfig.json)" && ./scripts/stores cluster up && ./scripts/stores apply';
const reason = async (message: string, { pullSecrets = [] as string[], from = image, shop = new Shop() } = {}) =>
  (await shop.container("mariadb", { image: from, ...waiting("ImagePullBackOff", `Back-off pulling image "${from}": ErrImagePull: ${message}`) }, { phase: "Pending", pullSecrets }).trouble())!;
const mendOf = (text: string) => text.slice(text.lastIndexOf(" — ") + 3);

describe("a pull", () => {
  for (const [who, message] of Object.entries(refusals)) {
    it(`that is refused, in the words of ${who}, says what to set`, async () => {
      const text = await reason(message);
      assert.equal(mendOf(text), `the registry wants a login and the pod has no imagePullSecrets: ${login}`);
      const where = `image can not be pulled: woocommerce-mariadb-0/mariadb: ImagePullBackOff: Back-off pulling image "${image}": ErrImagePull: `;
      assert.ok(text.startsWith(where + message.replace(/\s+/g, " ")), text);
      assert.doesNotMatch(text, /\n/);
    });
  }

  for (const [who, message] of Object.entries(absences)) {
    it(`of what the registry does not have, in the words of ${who}, says where the name stands`, async () => {
      assert.equal(mendOf(await reason(message)), "correct the image under images.overrides in Pulumi.local.yaml, then ./scripts/stores cluster up && ./scripts/stores apply");
    });
  }

  it("names the pull secret that is missing, and that of several", async () => {
    const back = 'is missing in namespace shop: put it back with eval "$(./scripts/stores env)" && pulumi up --refresh --stack local.acme';
    assert.equal(mendOf(await reason(refusals.Azure, { pullSecrets: ["image-pull"] })), `its pull secret image-pull ${back}`);
    assert.equal(mendOf(await reason(refusals.Azure, { pullSecrets: ["image-pull", "other"], shop: new Shop().secret("image-pull") })), `its pull secret other ${back}`);
  });

  it("names the pull secret that the registry refuses", async () => {
    const text = await reason(refusals.Azure, { pullSecrets: ["image-pull"], shop: new Shop().secret("image-pull") });
    assert.equal(mendOf(text), `the registry refuses the login in its pull secret image-pull, or that has none for this registry: ${login}`);
  });

  it("of an own image says how that gets there", async () => {
    const lost = "the registry lost it: take its line out of images/published.json, then ./scripts/stores images && ./scripts/stores cluster up && ./scripts/stores apply";
    assert.equal(mendOf(await reason(absences.containerd, { from: `registry.example.com/shops/storefleet-medusa:0a1b2c@sha256:${"a".repeat(64)}` })), lost);
    const load = "./scripts/stores images loads it into a cluster of this machine; any other needs images.registry in Pulumi.local.yaml";
    for (const from of ["storefleet-medusa-storefront:0a1b2c", "docker.io/library/storefleet-woocommerce:0a1b2c"]) {
      assert.equal(mendOf(await reason(refusals["Docker Hub by containerd"], { from })), load);
      assert.equal(mendOf(await reason(absences["CRI-O"], { from })), load);
    }
    assert.match(mendOf(await reason(refusals["Docker Hub by containerd"], { from: "registry.example.com/storefleet-medusa:0a1b2c" })), /^the registry wants a login/);
    assert.match(mendOf(await reason(absences["CRI-O"], { from: "example.com/storefleet-medusa-fork:1" })), /^correct the image/);
  });

  it("that failed for another reason has no mend, whatever the image is called", async () => {
    const others = [
      `${unpack}: failed to do request: Head "https://registry.example.com/v2/denied/manifests/403": dial tcp: lookup registry.example.com: no such host`,
      `${unpack}: unexpected status from HEAD request to https://registry.example.com/v2/shops/mariadb/manifests/401: 503 Service Unavailable`,
      "failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/mariadb/manifests/sha256:403: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
      "failed to register layer: write /usr/bin/x: no space left on device",
    ];
    for (const message of others) assert.ok((await reason(message)).endsWith(message), message);
  });

  it("that several pods wait for has its mend at the end", async () => {
    const shop = new Shop().container("setup", { image, ...waiting("ErrImagePull", refusals["ECR by Docker"]) });
    assert.match(await reason(refusals["ECR by Docker"], { shop }), /no basic auth credentials \(and 1 more like it\) — the registry wants a login/);
  });

  it("is the cause, not the kubelet's note that a pull secret is missing", async () => {
    const note = "Unable to retrieve some image pull secrets (image-pull); attempting to pull the image may not succeed.";
    const shop = new Shop().container("mariadb", waiting("ContainerCreating"), { phase: "Pending", pullSecrets: ["image-pull"] }).event(podOf("mariadb"), "FailedToRetrieveImagePullSecret", note);
    assert.equal(await shop.trouble(), undefined);
    assert.match(await reason(refusals.Azure, { shop, pullSecrets: ["image-pull"] }), /^image can not be pulled: .*its pull secret image-pull is missing/);
  });
});

describe("a reason in the table", () => {
  it("is cut, but never its mend", async () => {
    const text = await reason(refusals["GHCR by containerd, no login"]);
    assert.equal(shortened(text), `${text.slice(0, 159)}… — ${mendOf(text)}`);
    assert.equal(shortened("x".repeat(200)), `${"x".repeat(159)}…`);
    assert.equal(shortened("no room"), "no room");
    // The rest of what failed stands below, for the JSON and the log.
    assert.equal(shortened(`${text}\ncontext deadline exceeded — again`), `${text.slice(0, 159)}… — ${mendOf(text)}`);
  });
});
