import assert from "node:assert/strict";
import { MailCatcher } from "../../../components/mail-catcher";
import { podViolations } from "../helpers/pod-rules";
import { mailNeedsLogin } from "../../../config/environment";
import { mockedPassword, only, record } from "../helpers/recording-mocks";
import { kubeScoreFindings, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";
import { mailCatcherPodLabels } from "../../../components/mail-catcher/labels";

const waivers = {
  "container-resources": "no limit on CPU: requests already rank it behind the stores",
  "container-image-pull-policy": "the image is pinned by digest: pulling it again gives the same",
  "deployment-replicas": "messages live in the pod: a second one would show half of them",
  "deployment-strategy": "two pods at once would each hold half of the messages",
};

describe("the mail catcher's chart", () => {
  let objects: KubernetesObject[];
  before(async () => {
    objects = await renderChart("mail-catcher");
  });

  it("follows the rules for pods", () => {
    assert.deepEqual(podViolations(objects), []);
  });

  it("breaks no rule of kube-score without a reason", async () => {
    assert.deepEqual(await kubeScoreFindings(objects, waivers), []);
  });

  it("carries the labels by which stores' policies name its pods", () => {
    const { labels } = objectOf(objects, "Deployment").spec.template.metadata;
    for (const [key, value] of Object.entries(mailCatcherPodLabels)) assert.equal(labels[key], value);
  });

  it("takes mail from stores and readers from the ingress controller, and connects to nobody", () => {
    const { policyTypes, ingress, egress } = objectOf(objects, "NetworkPolicy").spec;
    assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
    assert.deepEqual(egress, []);
    assert.deepEqual(
      ingress.map((rule: any) => [rule.from[0].namespaceSelector.matchLabels, rule.ports.map((port: any) => port.port)]),
      [
        [{ "app.kubernetes.io/part-of": "storefleet" }, ["smtp"]],
        [{ "kubernetes.io/metadata.name": "traefik" }, ["http"]],
      ],
    );
  });

  it("asks for a certificate only when an issuer is named", async () => {
    const plain = objectOf(objects, "Ingress");
    assert.equal(plain.spec.tls, undefined);
    assert.equal(plain.metadata.annotations, undefined);
    const secured = objectOf(await renderChart("mail-catcher", { ingress: { tlsIssuer: "letsencrypt" } }), "Ingress");
    assert.deepEqual(secured.spec.tls, [{ hosts: ["mail.127.0.0.1.nip.io"], secretName: "mail-catcher-tls" }]);
    assert.equal(secured.metadata.annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
  });
});

describe("the login of the mail catcher", () => {
  it("is asked for everywhere but on the reader's own machine", () => {
    for (const own of [".127.0.0.1.nip.io", ".127-0-0-1.sslip.io", ".x.127.0.0.1.nip.io", ".localhost", ".dev.localtest.me"]) assert.equal(mailNeedsLogin({ hostSuffix: own }), false, own);
    for (const open of [".10.0.0.1.nip.io", ".shops.example", ".notlocalhost", ".127.0.0.1.nip.io.example", ".1270.0.1.nip.io"]) assert.equal(mailNeedsLogin({ hostSuffix: open }), true, open);
  });

  it("comes from a Secret, and a new one starts the pod anew", async () => {
    const deployment = async (login: object) => objectOf(await renderChart("mail-catcher", { login }), "Deployment").spec.template;
    const { metadata, spec } = await deployment({ secret: "login", revision: "r1" });
    assert.deepEqual(spec.containers[0].env.find(({ name }: any) => name === "MP_UI_AUTH").valueFrom, { secretKeyRef: { name: "login", key: "auth" } });
    assert.deepEqual(metadata.annotations, { "storefleet.dev/login-revision": "r1" });
    assert.ok(!JSON.stringify(await deployment({})).includes("MP_UI_AUTH"));
  });
});

describe("MailCatcher", () => {
  it("generates a login where one is asked for, and hands the chart its Secret's name only", async () => {
    const args = { namespace: "mail", service: "mail-catcher", smtpPort: 1025, httpPort: 8025, host: "mail.example.com", ingressClass: "x", ingressNamespace: "y", chartDigest: "z" };
    const { resources } = await record(() => {
      new MailCatcher("open", args);
      new MailCatcher("closed", { ...args, loginSecret: "mail-login" });
    });
    const { metadata, stringData } = only(resources, ":Secret").inputs;
    const password = mockedPassword("closed-password", 24);
    assert.deepEqual([metadata.name, stringData.value], ["mail-login", { username: "mail", password, auth: `mail:${password}` }]);
    const release = only(resources, ":Release", "closed-release");
    assert.equal(release.inputs.values.login.secret, "mail-login");
    assert.match(release.inputs.values.login.revision, /^[0-9a-f]{12}$/);
    assert.ok(!JSON.stringify(release.inputs).includes(password));
    assert.ok(release.dependencies.some((urn) => urn.endsWith("::closed-login")));
    assert.equal(only(resources, ":Release", "open-release").inputs.values.login, undefined);
  });

  it("is one release named like its Service, and says where to read", async () => {
    const args = {
      namespace: "storefleet-mail",
      service: "mail-catcher",
      smtpPort: 2525,
      httpPort: 8080,
      host: "mail.example.com",
      ingressClass: "public",
      ingressNamespace: "ingress",
      chartDigest: "abc",
    };
    const url = (it: MailCatcher) => new Promise((resolve) => void it.url.apply(resolve));
    const { resources, result } = await record(async () => [
      await url(new MailCatcher("plain", args)),
      await url(new MailCatcher("secured", { ...args, tls: { issuer: "letsencrypt" } })),
    ]);
    assert.deepEqual(result, ["http://mail.example.com", "https://mail.example.com"]);

    const release = only(resources, ":Release", "plain-release").inputs;
    assert.equal(release.name, "mail-catcher");
    const objects = await renderChart("mail-catcher", release.values);
    assert.equal(objectOf(objects, "Service").metadata.name, "mail-catcher");
    assert.deepEqual(objectOf(objects, "Service").spec.ports.map((port: any) => port.port), [2525, 8080]);
    assert.equal(objectOf(objects, "Ingress").spec.ingressClassName, "public");
    assert.equal(objectOf(objects, "Ingress").spec.rules[0].host, "mail.example.com");
  });
});
