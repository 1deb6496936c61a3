import assert from "node:assert/strict";
import { parseSettings, type SmtpSettings } from "../../../../config/environment";
import { ingressRemark, mailRemark, programRemark } from "../../../../scripts/operations/remarks";
import { mailOf } from "../../../../stores/mail";

const settings = (smtp: Partial<SmtpSettings> = {}, more = {}) =>
  parseSettings("prod", { hostSuffix: ".example.com", egress: "deny", smtp: { host: "smtp.example.com", from: "shop@example.com", ...smtp }, ...more });

describe("the way to the mail server", () => {
  it("is to any public address, to the one that is named, or to the ranges that are named", () => {
    assert.deepEqual(mailOf(settings()), { port: 587, cidrs: undefined });
    assert.deepEqual(mailOf(settings({ host: "10.1.2.3", port: 25 })), { port: 25, cidrs: ["10.1.2.3/32"] });
    assert.deepEqual(mailOf(settings({ host: "fd00::25" })), { port: 587, cidrs: ["fd00::25/128"] });
    assert.deepEqual(mailOf(settings({ cidrs: ["10.1.0.0/16"] })), { port: 587, cidrs: ["10.1.0.0/16"] });
    assert.equal(mailOf(settings({ cidrs: ["10.1.0.0/16"] }, { mailCatcher: true })).namespace, "storefleet-mail");
  });

  it("is told when the server's address is not on it, with the setting that mends it", async () => {
    const remark = (addresses: string[], ...given: Parameters<typeof settings>) => mailRemark("prod", settings(...given), async () => addresses);
    assert.equal(
      await remark(["203.0.113.5", "10.1.2.3", "fd00::25"]),
      'mail will not leave the stores: smtp.example.com is at 10.1.2.3, fd00::25, a private address, which stores do not reach. Set smtp.cidrs: ["10.1.2.3/32", "fd00::25/128"] in Pulumi.prod.yaml',
    );
    assert.equal(
      await remark(["203.0.113.5"], { cidrs: ["10.1.0.0/16"] }),
      'mail will not leave the stores: smtp.example.com is at 203.0.113.5, which is not in smtp.cidrs. Set smtp.cidrs: ["10.1.0.0/16", "203.0.113.5/32"] in Pulumi.prod.yaml',
    );
  });

  it("is nothing to speak of when mail gets there, or this machine does not know the server", async () => {
    for (const [addresses, smtp, more] of [
      [["203.0.113.5"], {}, {}], [[], {}, {}], [["10.1.2.3"], { cidrs: ["10.1.0.0/16"] }, {}], [["10.1.2.3"], { host: "10.1.2.3" }, {}], [["10.1.2.3"], {}, { mailCatcher: true }],
    ] as const) {
      assert.equal(await mailRemark("prod", settings(smtp as Partial<SmtpSettings>, more), async () => [...addresses]), undefined);
    }
  });
});

describe("the way to the stores on minikube", () => {
  it("is told, with what is to be set and to run", () => {
    const remark = (context: string, ingress: object) => ingressRemark("local", parseSettings("local", { hostSuffix: ".127.0.0.1.nip.io", egress: "allow", mailCatcher: true, ingress }), context);
    assert.equal(remark("minikube", { install: true }), "set ingress.service: LoadBalancer in Pulumi.local.yaml and keep `minikube tunnel` running in another terminal, or no address of a store answers");
    assert.match(remark("minikube", { install: true, service: "LoadBalancer" })!, /^keep `minikube tunnel` running/);
    assert.equal(remark("minikube", {}), undefined, "somebody else's controller");
    assert.equal(remark("docker-desktop", { install: true }), undefined);
  });
});

describe("the program itself", () => {
  it("is said to be why where nothing else is", () => {
    const [program, title] = [{ cause: "program" as const }, { cause: "entry" as const, key: "title", to: '"x"' }];
    assert.equal(programRemark([[], [program, title], [title]]), undefined);
    assert.equal(programRemark([[program], [], [program, title]]), "1 store: this checkout's program is another than the one that made it; list and settings are as they were");
    assert.match(programRemark([[program], [program]])!, /^2 stores: .* made them;/);
  });
});
