import assert from "node:assert/strict";
import { hostOf, namespaceOf } from "../../../../config/names";
import type { Certificate } from "../../../../scripts/fleet/certificates";
import { judgeDomains } from "../../../../scripts/fleet/domains";
import type { HostHolder } from "../../../../scripts/fleet/hosts";

const namespace = namespaceOf("prod", "acme");
const hostSuffix = ".example.com";
const generated = hostOf("prod", "acme", hostSuffix);
const own = "shop.example.org";
const here = "203.0.113.7";
const holds = (host: string, more: Partial<HostHolder> = {}): HostHolder => ({ host, namespace, ingress: "web", env: "prod", store: "acme", entrances: [here], ...more });

/** What is said of a host of acme, which has one domain of its own and runs, unless something else is said. */
function judged(host: string, { dns = {}, holders = [holds(generated), holds(own)], certificates, listed = { acme: [own] } }: { dns?: Record<string, string[]>; holders?: HostHolder[]; certificates?: Certificate[]; listed?: Record<string, string[]> } = {}) {
  const found = new Map(Object.entries({ [generated]: [here], [own]: [here], ...dns }));
  const all = judgeDomains({ env: "prod", name: "acme", namespace, hostSuffix, listed: (store) => listed[store], holders, certificates, found });
  const one = all.find((it) => it.host === host);
  assert.ok(one, `${host} is not among ${all.map((it) => it.host).join()}`);
  return one;
}

describe("a store's domains", () => {
  it("that lead here and are served have nothing wrong with them", () => {
    assert.deepEqual(judged(own), { host: own, generated: false, addresses: [here], leads: "here", served: true, certificateUntil: null, problem: null });
    assert.equal(judged(generated).generated, true);
  });

  it("that lead nowhere or elsewhere are told with the record that is missing, of the address's own kind", () => {
    const nowhere = judged(own, { dns: { [own]: [] } });
    assert.deepEqual([nowhere.leads, nowhere.problem], ["nowhere", `DNS has no address of ${own} — make a record: ${own} A ${here}`]);
    const elsewhere = judged(own, { dns: { [own]: ["198.51.100.1"] } });
    assert.deepEqual([elsewhere.leads, elsewhere.problem], ["elsewhere", `DNS leads ${own} to 198.51.100.1, and not here — make a record: ${own} A ${here}; behind a proxy of its own that is as it should be`]);
    const six = [holds(generated, { entrances: ["2001:db8::7"] }), holds(own, { entrances: ["2001:db8::7"] })];
    assert.match(judged(own, { dns: { [own]: [] }, holders: six }).problem!, /AAAA 2001:db8::7$/);
    assert.match(judged(generated, { dns: { [generated]: [] } }).problem!, /have \*\.example\.com lead to where requests come in: 203\.0\.113\.7$/);
  });

  it("are led by a name where the cluster's entrance is one", () => {
    const byName = [holds(generated, { entrances: ["lb.example.net"] }), holds(own, { entrances: ["lb.example.net"] })];
    assert.equal(judged(own, { holders: byName, dns: { "lb.example.net": ["192.0.2.9"], [generated]: [], [own]: ["192.0.2.9"] } }).leads, "here");
  });

  it("where nobody knows the entrance are led by the generated host, and are not judged", () => {
    const silent = [holds(generated, { entrances: [] }), holds(own, { entrances: [] })];
    const nowhere = { [generated]: [] };
    assert.match(judged(own, { holders: silent, dns: { ...nowhere, [own]: [] } }).problem!, new RegExp(`make a record: ${own} CNAME ${generated}$`));
    assert.deepEqual([judged(own, { holders: silent, dns: { ...nowhere, [own]: ["192.0.2.9"] } })].map(({ leads, problem }) => [leads, problem]), [["unknown", null]]);
  });

  it("that somebody else holds name that one first, whatever DNS says", () => {
    const other = holds(own, { namespace: "blog", env: undefined, store: undefined });
    const { served, problem } = judged(own, { holders: [holds(generated), other], dns: { [own]: [] } });
    assert.deepEqual([served, problem], [false, `${own} is held by Ingress web in namespace blog, of somebody else — take the host from that, or from acme`]);
    const bloom = holds(own, { namespace: namespaceOf("prod", "bloom"), store: "bloom" });
    assert.match(judged(own, { holders: [holds(generated), bloom] }).problem!, /held by store "bloom", which left the list/);
    assert.match(judged(own, { holders: [holds(generated), bloom], listed: { acme: [own], bloom: [] } }).problem!, /still held by store "bloom"/);
  });

  it("that are not served yet, or still are, are brought about by the command that is told", () => {
    assert.equal(judged(own, { holders: [holds(generated)] }).problem, `${own} is listed and not served yet — ./scripts/stores apply acme --env prod`);
    assert.equal(judged(own, { listed: { acme: [] } }).problem, `${own} is not among the domains of acme any more, and still answers — ./scripts/stores apply acme --env prod`);
  });

  it("on https have their certificate's end, and its own reason where there is none", () => {
    const certificate = (more: Partial<Certificate>): Certificate => ({ namespace, name: "c", hosts: [own], ready: true, notAfter: "2027-01-01T00:00:00Z", failed: false, ...more });
    assert.deepEqual([judged(own, { certificates: [certificate({})] })].map((it) => [it.certificateUntil, it.problem]), [["2027-01-01T00:00:00Z", null]]);
    const refused = judged(own, { certificates: [certificate({ ready: false, notAfter: null, failed: true, reason: "HTTP-01 challenge: no route" })] });
    assert.deepEqual([refused.certificateUntil, refused.problem], [null, `no valid certificate of ${own}: HTTP-01 challenge: no route`]);
    assert.match(judged(own, { certificates: [] }).problem!, /no certificate of shop\.example\.org was asked for yet/);
  });
});
