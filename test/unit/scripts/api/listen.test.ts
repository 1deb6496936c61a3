import assert from "node:assert/strict";
import { request } from "node:http";
import { listen } from "../../../../scripts/api/listen";
import { Sessions } from "../../../../scripts/api/http/sessions";
import { newToken, tokensInMemory } from "../../../../scripts/api/http/tokens";
import { ApiClient } from "../../helpers/api-client";

/** What a wrong token is answered. */
const knock = (address: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const asked = request(`${address}/api/v1/session`, { headers: { authorization: "Bearer sf_0", ...headers } }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject);
    asked.end();
  });

describe("listening", () => {
  let client: ApiClient;
  let listening: Awaited<ReturnType<typeof listen>>;
  const start = async (behind?: string[]) => {
    client = new ApiClient();
    listening = await listen(client.api, { host: "127.0.0.1", port: 0, behind });
    return listening.address;
  };
  afterEach(() => listening.close());

  it("behind a proxy knows who asks by what that one adds, and answers for its name", async () => {
    const address = await start(["https://fleet.example.com"]);
    const from = (them: string) => knock(address, { host: "fleet.example.com", "x-forwarded-for": them });
    for (let times = 0; times < 10; times++) assert.equal(await from(`192.0.2.${times}, 198.51.100.9`), 401);
    assert.equal(await from("192.0.2.77, 198.51.100.9"), 429, "what a client says of itself counts for nothing");
    assert.equal(await from("198.51.100.10"), 401);
    assert.equal(await knock(address, { host: "elsewhere.example.com" }), 421);
  });

  it("by itself believes nobody about that, and answers for no other name", async () => {
    const address = await start();
    for (let times = 0; times < 10; times++) assert.equal(await knock(address, { "x-forwarded-for": `192.0.2.${times}` }), 401);
    assert.equal(await knock(address, { "x-forwarded-for": "192.0.2.77" }), 429);
    assert.equal(await knock(address, { host: "fleet.example.com" }), 421);
  });

  it("without TLS is behind a proxy where that was said", async () => {
    const address = await start(["http://fleet.127.0.0.1.nip.io:8080"]);
    assert.equal(await knock(address, { host: "fleet.127.0.0.1.nip.io:8080" }), 401);
    assert.equal(await knock(address, { host: "fleet.127.0.0.1.nip.io" }), 421);
  });
});

describe("a session", () => {
  it("holds with every process that has the same key, and with no other", async () => {
    const { token } = newToken("somebody", ["read"], 60_000);
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const of = (its: Buffer) => new Sessions(tokensInMemory([token]), Date.now, its);
    const [cookie] = of(key).begin(token, true).split(";");
    assert.equal((await of(key).find(cookie, true))?.token.id, token.id);
    assert.equal(await of(other).find(cookie, true), undefined);
  });
});
