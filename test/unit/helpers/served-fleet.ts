// A process that answers the API over a made-up fleet, to be measured by itself. It prints its address and tokens, then answers each line
// on its standard input: `change` (every store is another), `count`, `memory` (MB).
import { createInterface } from "node:readline";
import { listen } from "../../../scripts/api/listen";
import { newToken, tokensInMemory } from "../../../scripts/api/http/tokens";
import { Streams } from "../../../scripts/api/live/streams";
import { ApiClient, rowOf } from "./api-client";

const stores = (round: number) => Array.from({ length: 1000 }, (_, at) => rowOf(`shop-${at}`, { reason: round === 0 ? null : `round ${round}` }));
const say = (it: unknown) => void process.stdout.write(`${JSON.stringify(it)}\n`);

async function main(): Promise<void> {
  const client = new ApiClient();
  client.faked.stores = stores(0);
  const made = [1, 2, 3].map((at) => newToken(`token ${at}`, ["read"], 3600_000, client.now));
  const tokens = tokensInMemory(made.map(({ token }) => token));
  const streams = new Streams(client.api.look, tokens, client.api.report, client.api.now);
  const { address } = await listen({ ...client.api, tokens, streams }, { host: "127.0.0.1", port: 0 });
  say({ address, tokens: made.map(({ text }) => text) });
  let round = 0;
  for await (const line of createInterface(process.stdin)) {
    if (line === "change") {
      client.faked.stores = stores((round += 1));
      client.now += 1000;
      await streams.tick();
    }
    say(line === "memory" ? process.memoryUsage().rss / 1e6 : streams.size);
  }
  process.exit();
}
void main();
