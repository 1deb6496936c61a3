import assert from "node:assert/strict";
import { UserError } from "../../../config/errors";
import { parseState, readState } from "../../../config/state";

function errorsOf(raw: unknown): string[] {
  try {
    parseState("prod", raw);
    return [];
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.deepEqual([error.code, error.hint], ["settings-invalid", "Edit Pulumi.prod.yaml; every setting is described in config/state.ts."]);
    return error.message.split("\n");
  }
}

describe("where the state is", () => {
  it("need not be said", () => {
    for (const raw of [undefined, null, {}]) assert.deepEqual(parseState("prod", raw), {});
    for (const env of ["local", "prod"]) assert.deepEqual(readState(env), {});
  });

  const backends = [
    "file:///mnt/state", "file:///mnt/state?metadata=skip", "s3://bucket", "s3://bucket/prod?region=eu-central-1&endpoint=https://s3.example.com", "gs://bucket/prod", "azblob://container?storage_account=shops",
    "postgres://storefleet@db.example.com:5432/pulumi?sslmode=verify-full", "https://api.pulumi.com",
  ];
  for (const backend of backends) it(`${backend} is a backend`, () => assert.deepEqual(parseState("prod", { backend }), { backend }));

  const keys = [
    "passphrase", "awskms://alias/fleet?region=eu-central-1", "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "azurekeyvault://shops.vault.azure.net/keys/fleet", "hashivault://fleet?engine=transit",
  ];
  for (const secretsProvider of keys) it(`${secretsProvider} is a secrets provider`, () => assert.deepEqual(parseState("prod", { secretsProvider }), { secretsProvider }));

  const at = "Pulumi.prod.yaml: storefleet:state";
  const wrong: [object, RegExp][] = [
    [{ backend: "ftp://host" }, /^\S+ \S+\.backend is "ftp:\/\/host", no backend — write it like "s3:\/\/BUCKET/],
    [{ backend: "bucket" }, /backend is "bucket", no backend/],
    [{ backend: "" }, /backend is "", no backend/],
    [{ backend: "http://api.example.com" }, /no backend/],
    [{ backend: "file://state" }, /backend is "file:\/\/state", no absolute path — write it with three slashes/],
    [{ backend: "file://~/state" }, /no absolute path/],
    [{ backend: "file://" }, /no absolute path/],
    [{ backend: "s3:///prod" }, /backend is "s3:\/\/\/prod", without a name/],
    [{ backend: 7 }, /backend is a number — write text/],
    [{ secretsProvider: "default" }, /secretsProvider is "default", no secrets provider — write "passphrase", or a key's URL/],
    [{ secretsProvider: "awskms://" }, /no secrets provider/],
    [{ secretsProvider: "s3://bucket" }, /no secrets provider/],
    [{ secretProvider: "passphrase" }, /secretProvider is not a known key — did you mean "secretsProvider"\? known: backend, secretsProvider$/],
  ];
  for (const [raw, message] of wrong) {
    it(`${JSON.stringify(raw)} is told with its place and its mend`, () => {
      const [error = "", ...more] = errorsOf(raw);
      assert.match(error, message);
      assert.ok(error.startsWith(at) && more.length === 0, error);
    });
  }

  const logins = [
    "postgres://storefleet:hunter2@db.example.com/pulumi", "postgres://db.example.com/pulumi?password=hunter2", "s3://hunter2:hunter2@bucket", "https://hunter2@api.pulumi.com",
    "azblob://container?sas_token=hunter2", "s3://AKIA:hunter2/with/slashes@bucket",
  ];
  for (const backend of logins) {
    it(`no login stands in ${backend}, and the error does not repeat it`, () => {
      const [error = ""] = errorsOf({ backend });
      assert.match(error, /backend holds a login, which does not belong into git — take it out, and set the usual variables: PGPASSWORD, /);
      assert.doesNotMatch(error, /hunter2/);
    });
  }
});
