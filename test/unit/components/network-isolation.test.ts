import assert from "node:assert/strict";
import { NetworkIsolation, type NetworkIsolationArgs } from "../../../components/network-isolation";
import { record } from "../helpers/recording-mocks";
import { wrongArgOf } from "../helpers/wrong-arg";

const minimal: NetworkIsolationArgs = { namespace: "store-acme-0a1b2c3d", ingressNamespace: "traefik", httpPorts: [8080] };

/** The specs of the policies by name. */
async function policies(args: Partial<NetworkIsolationArgs> = {}): Promise<Record<string, any>> {
  const { resources } = await record(() => void new NetworkIsolation("it", { ...minimal, ...args }));
  return Object.fromEntries(
    resources
      .filter(({ type }) => type.endsWith(":NetworkPolicy"))
      .map(({ inputs }) => {
        assert.equal(inputs.metadata.namespace, "store-acme-0a1b2c3d");
        assert.deepEqual(inputs.spec.podSelector, {}, `${inputs.metadata.name} is for every pod`);
        return [inputs.metadata.name, inputs.spec];
      }),
  );
}

const closed = ["allow-dns", "allow-ingress-controller", "allow-same-namespace", "deny-all"];

describe("NetworkIsolation", () => {
  it("is closed to the outside unless told otherwise", async () => {
    assert.deepEqual(Object.keys(await policies()).sort(), closed);
    assert.deepEqual(Object.keys(await policies({ egress: "deny" })).sort(), closed);
    assert.deepEqual(Object.keys(await policies({ egress: "allow" })).sort(), [...closed, "allow-external-egress"].sort());
  });

  it("denies all both ways but the namespace's own traffic", async () => {
    const it = await policies();
    assert.deepEqual(it["deny-all"], { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    assert.deepEqual(it["allow-same-namespace"].ingress, [{ from: [{ podSelector: {} }] }]);
    assert.deepEqual(it["allow-same-namespace"].egress, [{ to: [{ podSelector: {} }] }]);
  });

  it("leaves to others which of its pods accepts what, where that is asked for", async () => {
    const it = await policies({ openInside: false });
    assert.deepEqual(it["allow-same-namespace"], { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [{ podSelector: {} }] }] });
  });

  it("admits the ingress controller to the HTTP ports only", async () => {
    const { ingress, policyTypes } = (await policies({ httpPorts: [8080, 9000], ingressPodLabels: { app: "traefik" } }))[
      "allow-ingress-controller"
    ];
    assert.deepEqual(policyTypes, ["Ingress"]);
    assert.deepEqual(ingress, [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } },
            podSelector: { matchLabels: { app: "traefik" } },
          },
        ],
        ports: [
          { protocol: "TCP", port: 8080 },
          { protocol: "TCP", port: 9000 },
        ],
      },
    ]);
  });

  it("lets DNS through to kube-dns and NodeLocal DNS, on port 53 only", async () => {
    const [rule] = (await policies())["allow-dns"].egress;
    assert.deepEqual(rule.ports, [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ]);
    assert.deepEqual(rule.to, [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
      { ipBlock: { cidr: "169.254.20.10/32" } },
    ]);
  });

  it("keeps private and cluster addresses out of external egress, in both families", async () => {
    const clusterCidrs = ["198.51.100.0/24", "2001:db8:42::/56", "10.0.0.0/8"];
    const [{ to }] = (await policies({ egress: "allow", clusterCidrs }))["allow-external-egress"].egress;
    const privateV4 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];
    assert.deepEqual(to, [
      { ipBlock: { cidr: "0.0.0.0/0", except: [...privateV4, "198.51.100.0/24"] } },
      { ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10", "2001:db8:42::/56"] } },
    ]);
  });

  it("reaches a mail server in the cluster by its pods", async () => {
    const it = await policies({ mail: { namespace: "storefleet-mail", labels: { app: "mail-catcher" }, port: 1025 } });
    assert.deepEqual(it["allow-mail"].egress, [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "storefleet-mail" } },
            podSelector: { matchLabels: { app: "mail-catcher" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 1025 }],
      },
    ]);
  });

  it("reaches a mail server outside on its port only, while other egress stays denied", async () => {
    const it = await policies({ egress: "deny", mail: { port: 587 } });
    const [{ to, ports }] = it["allow-mail"].egress;
    assert.deepEqual(ports, [{ protocol: "TCP", port: 587 }]);
    assert.deepEqual(to.map((peer: any) => peer.ipBlock.cidr), ["0.0.0.0/0", "::/0"]);
    assert.ok(to[0].ipBlock.except.includes("10.0.0.0/8"));
    assert.equal(it["allow-external-egress"], undefined);
  });

  it("reaches a mail server outside in its own ranges, private ones too", async () => {
    const it = await policies({ egress: "deny", mail: { port: 587, cidrs: ["10.1.2.3/32", "fd00::25/128"] } });
    assert.deepEqual(it["allow-mail"].egress, [{ to: [{ ipBlock: { cidr: "10.1.2.3/32" } }, { ipBlock: { cidr: "fd00::25/128" } }], ports: [{ protocol: "TCP", port: 587 }] }]);
    const wrong = await wrongArgOf(policies({ mail: { port: 25, cidrs: ["10.0.0.0/8", "10.1.2.3"] } }));
    assert.deepEqual(wrong, ["NetworkIsolation::it", 'mail.cidrs[1]: "10.1.2.3" is an address, not a range. Did you mean "10.1.2.3/32"?']);
  });

  const noRange = 'is not an address range such as "10.42.0.0/16" or "fd00:10:42::/56"';
  const wrongRanges: [string, string][] = [
    ["10.42.0.1", 'is an address, not a range. Did you mean "10.42.0.1/32"?'],
    ["fd00::1", 'is an address, not a range. Did you mean "fd00::1/128"?'],
    ["10.42.0.0/33", noRange],
    ["0.0.0.0/0", noRange],
    ["pods", noRange],
  ];
  for (const [range, reason] of wrongRanges) {
    it(`refuses "${range}" as a cluster's range, by the component and the property`, async () => {
      assert.deepEqual(await wrongArgOf(policies({ clusterCidrs: ["10.0.0.0/8", range] })), ["NetworkIsolation::it", `clusterCidrs[1]: "${range}" ${reason}`]);
    });
  }

  it("refuses lists whose emptiness would open everything", async () => {
    assert.deepEqual(await wrongArgOf(policies({ httpPorts: [] })), ["NetworkIsolation::it", "httpPorts: is empty: name the ports that the ingress controller connects to"]);
    assert.match((await wrongArgOf(policies({ mail: { port: 25, cidrs: [] } })))[1]!, /^mail\.cidrs: is empty/);
  });
});
