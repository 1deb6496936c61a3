import assert from "node:assert/strict";
import { keysOf, secretKeys, secretKinds } from "../../../config/secret-kinds";
import { engineNames } from "../../../config/spec";
import { externalTrouble, faultOf, mendOf, outsideSecretsOf, readNotes, revisionOf, writeCommand } from "../../../stores/outside-secrets";
import { specOf } from "../helpers/fleet";

const store = { secrets: { store: { kind: "ClusterSecretStore" as const, name: "vault", path: "shops/{store}/{kind}" } } };
const namespace = "store-acme-0a1b2c3d";

describe("the Secrets that a store gets from outside", () => {
  it("are none, those that its entry names, and all where the environment has a secret store", () => {
    const of = (entry: Parameters<typeof specOf>[1], settings = {}) => outsideSecretsOf(specOf("acme", entry), settings).map(({ kind, name, path }) => [kind, name, path]);
    assert.deepEqual(of({ engine: "medusa" }), []);
    assert.deepEqual(of({ engine: "medusa", secrets: { redis: "acme-redis" } }), [["redis", "acme-redis", undefined]]);
    assert.deepEqual(of({ engine: "woocommerce", secrets: { admin: "acme-admin" } }, store), [
      ["admin", "acme-admin", undefined], ["database", "woocommerce-database-external", "shops/acme/database"], ["salts", "woocommerce-salts-external", "shops/acme/salts"],
    ]);
  });

  it("have kinds that the list knows", () => {
    for (const engine of engineNames) for (const kind of Object.keys(secretKeys[engine])) assert.ok((secretKinds as readonly string[]).includes(kind), kind);
    assert.equal(keysOf("medusa", "salts"), undefined);
  });

  it("are wrong where they are missing, lack a key, or hold what the shop can not take", () => {
    const database = outsideSecretsOf(specOf("acme", { engine: "medusa", secrets: { database: "acme-db" } }), {})[0]!;
    const good = { password: "a.b_c~d-9", "postgres-password": "p@ss w/rd", more: "x\ny" };
    const fault = (values?: Record<string, string>) => faultOf("medusa", database, values, namespace);
    assert.equal(fault(good), undefined);
    assert.equal(fault(), `Secret acme-db is missing in namespace ${namespace}: it has to hold password, postgres-password`);
    assert.equal(fault({ password: "" }), `Secret acme-db in namespace ${namespace} lacks password, postgres-password`);
    assert.equal(fault({ ...good, password: "abc\n" }), `Secret acme-db in namespace ${namespace} has a line break in password`);
    assert.equal(fault({ ...good, password: "a@b" }), `Secret acme-db in namespace ${namespace} has characters in password that an address can not take: letters, digits and . _ ~ - are all`);
    assert.equal(faultOf("woocommerce", database, { ...good, password: "a@b" }, namespace), undefined);
  });

  it("are written by a command without a password in it, and what the operator writes is looked for at its place", () => {
    const [admin, database] = outsideSecretsOf(specOf("acme", { engine: "medusa", secrets: { admin: "acme-admin" } }), store);
    const command = 'eval "$(./scripts/stores env)" && kubectl create secret generic acme-admin --namespace store-acme-0a1b2c3d --from-file=password --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -';
    assert.equal(writeCommand(admin!, namespace), command);
    assert.deepEqual(mendOf("acme", [admin!, database!], namespace).split("\n"), [
      "Write what is missing, each value in a file that is called like its key:", command,
      `medusa-database-external is looked for at shops/acme/database, with password, postgres-password: eval "$(./scripts/stores env)" && kubectl describe externalsecret medusa-database-external --namespace ${namespace}`,
      "Then: ./scripts/stores apply acme",
    ]);
  });
});

describe("an ExternalSecret", () => {
  const external = (status: object) => ({ metadata: { generation: 2 }, status });
  const ready = { type: "Ready", status: "True", reason: "SecretSynced", message: "Secret was synced" };

  it("is well when its operator says so of what is wanted now", () => {
    assert.equal(externalTrouble(external({ conditions: [ready], syncedResourceVersion: "2-abc" })), null);
    assert.equal(externalTrouble(external({ conditions: [ready] })), null);
    assert.equal(externalTrouble(external({ conditions: [ready], syncedResourceVersion: "1-abc" })), "the operator has not seen its last change yet");
  });

  it("is not while nobody says anything, and then for the operator's own reason", () => {
    assert.equal(externalTrouble(undefined), "it is not there");
    for (const status of [undefined, {}, { conditions: [] }]) assert.match(externalTrouble({ metadata: {}, status })!, /does the External Secrets Operator run/);
    assert.equal(externalTrouble(external({ conditions: [{ ...ready, status: "False", reason: "SecretSyncedError", message: "no such key" }] })), "SecretSyncedError: no such key");
  });
});

describe("what a receipt notes of Secrets from outside", () => {
  it("is read back, and nothing where it is missing or something else", () => {
    const notes = { admin: { name: "acme-admin", revision: "1" } };
    assert.deepEqual(readNotes(JSON.stringify(notes)), notes);
    for (const text of [undefined, "", "{", "[]", '{"admin":1}', '{"other":{"name":"a","revision":"b"}}']) assert.deepEqual(readNotes(text), {}, text);
  });

  it("is another one for each write, and the same for each look", () => {
    const revision = (uid: string, resourceVersion: string) => revisionOf({ uid, resourceVersion });
    assert.equal(revision("a", "1"), revision("a", "1"));
    assert.equal(new Set([revision("a", "1"), revision("a", "2"), revision("b", "1")]).size, 3);
  });
});
