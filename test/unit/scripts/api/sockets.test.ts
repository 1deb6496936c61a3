import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";

/** What comes by a connection, as far as it is read. */
class Client {
  received = "";
  ended = false;
  readonly socket: Socket;

  constructor(port: number, request: string, reads = true) {
    this.socket = connect(port, "127.0.0.1", () => void this.socket.write(request));
    this.socket.on("close", () => (this.ended = true)).on("error", () => (this.ended = true));
    if (reads) this.socket.setEncoding("latin1").on("data", (text: string) => (this.received = (this.received + text).slice(-400_000)));
    else this.socket.pause();
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.received)?.[1]);
  }
}

describe("the API over sockets", function () {
  this.timeout(60_000);
  let child: ChildProcess;
  let port = 0;
  let tokens: string[] = [];
  const clients: Client[] = [];
  let answers: AsyncIterator<string>;

  before(async () => {
    child = spawn(process.execPath, [join(__dirname, "../../helpers/served-fleet.js")], { stdio: ["pipe", "pipe", "ignore"] });
    answers = createInterface(child.stdout!)[Symbol.asyncIterator]();
    const first = JSON.parse((await answers.next()).value as string) as { address: string; tokens: string[] };
    tokens = first.tokens;
    port = Number(new URL(first.address).port);
  });
  after(() => {
    for (const { socket } of clients) socket.destroy();
    child.kill();
  });

  async function tell(line: string): Promise<number> {
    child.stdin!.write(`${line}\n`);
    return JSON.parse((await answers.next()).value as string) as number;
  }
  const open = (request: string, reads?: boolean) => {
    const client = new Client(port, request, reads);
    clients.push(client);
    return client;
  };
  const headers = (token?: string) => `Host: 127.0.0.1:${port}\r\n${token ? `Authorization: Bearer ${token}\r\n` : ""}`;
  const stream = (at: number, reads?: boolean) => open(`GET /api/v1/events HTTP/1.1\r\n${headers(tokens[at % 3])}\r\n`, reads);
  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 20_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) if (Date.now() > end) assert.fail(`in vain: ${what}`);
  }

  it("follow 50 clients a thousand stores within 200 MB, and who takes nothing is let go without harm to the others", async () => {
    const readers = Array.from({ length: 50 }, (_, at) => stream(at));
    await until("all have the whole", () => readers.every(({ received }) => received.includes("event: snapshot") && received.includes('"id":"shop-999"')));
    const slow = stream(50, false);
    await until("all are there", async () => (await tell("count")) === 51);
    let round = 0;
    while ((await tell("change")) === 51) {
      round += 1;
      assert.ok(round < 60, "what nobody takes piles up");
      await until("the others are told", () => readers.every(({ received }) => received.includes(`"reason":"round ${round}"`)));
    }
    const memory = await tell("memory");
    assert.equal(await tell("count"), 50);
    await tell("change");
    await until("the others are told still", () => readers.every(({ received }) => received.includes(`"reason":"round ${round + 2}"`)));
    assert.ok(readers.every(({ ended }) => !ended));
    slow.socket.resume();
    await until("its connection has ended", () => slow.ended);
    assert.ok(memory < 200, `${memory} MB`);
  });

  it("has one form of each path, whatever a client can send", async () => {
    for (const path of ["//api/v1/stores", "/api/v1//stores", "/api/v1/%2e%2e/v1/stores", "/api/v1/../v1/stores", "/api/v1/stores%00", "/api/v1/stores\\", "/health/..%2f..%2fetc/passwd", "/assets/%2e%2e/%2e%2e/package.json", "http://evil.example/api/v1/stores"]) {
      const client = open(`GET ${path} HTTP/1.1\r\n${headers(tokens[0])}Connection: close\r\n\r\n`);
      await until(`${path} is answered`, () => client.ended);
      assert.ok([400, 404, 421].includes(client.status), `${path}: ${client.received.slice(0, 200)}`);
    }
    const raw = open(`GET /api/v1/stores\0 HTTP/1.1\r\n${headers(tokens[0])}Connection: close\r\n\r\n`);
    await until("a NUL is answered", () => raw.ended);
    assert.equal(raw.status, 400);
  });

  it("takes no token from an address, and no body that is too large, however it comes", async () => {
    const inAddress = open(`GET /api/v1/stores?token=${tokens[0]} HTTP/1.1\r\n${headers(tokens[0])}Connection: close\r\n\r\n`);
    await until("it is answered", () => inAddress.ended);
    assert.deepEqual([inAddress.status, inAddress.received.includes(tokens[0]!)], [400, false]);
    const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
    const large = open(`POST /api/v1/session HTTP/1.1\r\n${headers()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(32)}0\r\n\r\n`);
    await until("2 MiB are answered", () => large.received.includes("HTTP/1.1"));
    assert.equal(large.status, 413);
  });
});
