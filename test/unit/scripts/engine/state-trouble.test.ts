import assert from "node:assert/strict";
import { cliFailure, lastError, stateTrouble } from "../../../../scripts/engine/state-trouble";

/** What the CLI said, of the versions that are used; those of AWS' key service as its documentation has them. */
const said: [string, string][] = [
  ["the state's backend does not answer", 'read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, exceeded maximum number of attempts, 3, https response error StatusCode: 0, request send failed, Get "http://127.0.0.1:9/state": dial tcp 127.0.0.1:9: connect: connection refused'],
  ["the state's backend does not answer", "unable to open bucket postgres://u@127.0.0.1:9/x: failed to ping PostgreSQL: dial tcp 127.0.0.1:9: connect: connection refused"],
  ["the state's backend is not there", "error listing stacks: could not list bucket: blob (code=NotFound): operation error S3: ListObjectsV2, https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist."],
  ["the state's backend is not there", 'unable to open bucket postgres://u@h/nodb: failed to ping PostgreSQL: pq: database "nodb" does not exist (3D000)'],
  ["the state's backend is not there", "unable to open bucket file:///nowhere?no_tmp_dir=true: stat /nowhere: no such file or directory"],
  ["the state's backend is not there", 'unable to open bucket s3://state?endpoin=x: open bucket s3://state?endpoin=x: unknown query parameter "endpoin"'],
  ["the login to the state's backend is missing or wrong", 'read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, https response error StatusCode: 403, api error SignatureDoesNotMatch: The request signature we calculated does not match'],
  ["the login to the state's backend is missing or wrong", 'blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found'],
  ["the login to the state's backend is missing or wrong", 'unable to open bucket postgres://u@h/x: failed to ping PostgreSQL: pq: password authentication failed for user "u" (28P01)'],
  ["the login to the state's backend is missing or wrong", "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions"],
  ["the state's backend lets this login not do what it needs", 'could not create stack: blob (key ".pulumi/locks/organization/storefleet/prod/1.json") (code=PermissionDenied): operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: Access Denied.'],
  ["the state's key does not answer", 'constructing secrets manager of type "cloud": secrets (code=Unknown): Put "http://127.0.0.1:9/v1/transit/decrypt/fleet": dial tcp 127.0.0.1:9: connect: connection refused'],
  ["the login to the state's key is missing or wrong", 'constructing secrets manager of type "cloud": open keeper hashivault://fleet: neither VAULT_SERVER_URL nor VAULT_ADDR environment variables are set'],
  ["the state's key lets this login not use it", 'constructing secrets manager of type "cloud": secrets (code=PermissionDenied): operation error KMS: Decrypt, https response error StatusCode: 400, AccessDeniedException: no'],
  ["the state's key is not the one that it was encrypted by, or is not there any more", 'constructing secrets manager of type "cloud": secrets (code=NotFound): operation error KMS: Decrypt, https response error StatusCode: 400, NotFoundException: no such alias'],
  ["the state's passphrase is not set", "could not create secrets manager for new stack: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables"],
  ["the passphrase is not the state's", "get stack: incorrect passphrase"],
];

describe("trouble with the state", () => {
  for (const [what, complaint] of said) {
    it(`${what}: ${complaint.slice(0, 60)}…`, () => assert.equal(stateTrouble(complaint)?.what, what));
  }

  it("is nothing else that the CLI says", () => {
    for (const text of ["no stack named 'prod' found", "the stack is currently locked by 1 lock(s)", 'Get "https://127.0.0.1:6443": dial tcp: connection refused', "secrets is forbidden: User can not list"]) {
      assert.equal(stateTrouble(text), undefined, text);
    }
  });

  it("is told with its mend, the place of the setting and the CLI's own words", () => {
    const told = cliFailure("staging", "stack staging can not be looked at", "could not list bucket: NoSuchBucket");
    assert.equal(told.message, "stack staging can not be looked at: the state's backend is not there\ncould not list bucket: NoSuchBucket");
    assert.deepEqual([told.hint, told.code], ["Make the bucket, database or folder, or mend storefleet:state in Pulumi.staging.yaml (PULUMI_BACKEND_URL goes before it).", "state-unusable"]);
    const other = cliFailure("prod", "stack prod can not be looked at", "out of order");
    assert.deepEqual([other.message, other.hint, other.code], ["stack prod can not be looked at: out of order", undefined, "failed"]);
  });

  it("leaves out what the libraries print before the error", () => {
    assert.equal(lastError("SDK 2026/11/26 WARN Response has no supported checksum.\nerror: incorrect passphrase\n"), "incorrect passphrase");
    assert.equal(lastError("nothing of the kind\n"), "nothing of the kind");
  });
});
