import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { keepsVersions } from "../../../../scripts/engine/bucket-versions";

const login = { AWS_ACCESS_KEY_ID: "someone", AWS_SECRET_ACCESS_KEY: "of the tests alone" };

describe("versions of a bucket", () => {
  let server: Server;
  let answer: [status: number, body: string] = [200, ""];
  const asked: IncomingMessage[] = [];
  const backend = (more = "") => `s3://state/prod?endpoint=http://127.0.0.1:${(server.address() as AddressInfo).port}&use_path_style=true&region=eu-central-1${more}`;

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(answer[0]).end(answer[1]);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server.close());

  it("are asked for with the usual login, of the bucket alone", async () => {
    answer = [200, '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'];
    assert.equal(await keepsVersions(backend(), login), true);
    const [{ method, url, headers }] = asked as [IncomingMessage];
    assert.deepEqual([method, url], ["GET", "/state?versioning"]);
    assert.match(headers.authorization ?? "", /^AWS4-HMAC-SHA256 Credential=someone\/\d{8}\/eu-central-1\/s3\/aws4_request, /);
  });

  for (const body of ["<VersioningConfiguration/>", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"]) {
    it(`are not kept: ${body}`, async () => {
      answer = [200, body];
      assert.equal(await keepsVersions(backend(), login), false);
    });
  }

  it("are not known where the server refuses, is away, or nobody logs in, nor of another backend", async () => {
    answer = [403, "<Error/>"];
    assert.equal(await keepsVersions(backend(), login), undefined);
    assert.equal(await keepsVersions("s3://state?endpoint=http://127.0.0.1:1", login), undefined);
    const before = asked.length;
    assert.equal(await keepsVersions(backend(), {}), undefined);
    assert.equal(await keepsVersions("file:///mnt/state", login), undefined);
    assert.equal(asked.length, before);
  });
});
