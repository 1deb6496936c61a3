// Lets each store to its own repository and nowhere else. What opens the door follows from the repository's name and one key, so there
// is no list of stores to keep. Behind it rclone takes nothing away.
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";

// The first process of a container is ended by no signal that it does not ask for.
process.once("SIGTERM", () => process.exit(0));

const storage = { host: "127.0.0.1", port: Number(process.env.STORAGE_PORT ?? 8080) };
const key = readFileSync(process.env.KEY_FILE ?? "/keys/gateway", "utf8").trim();
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const loginFor = (repository) => sha256(`${key}:${sha256(`${key}:${repository}`)}`);
const isSame = (one, other) => timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));

// All that restic's REST protocol asks for. Whatever else there is behind the door stays there.
const paths = /^\/([a-z0-9-]{1,63}\/[0-9a-f]{8})\/(config|(data|keys|locks|snapshots|index)\/([0-9a-f]{64})?)?(\?create=true)?$/;

function passwordIn({ authorization = "" }) {
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization) ?? [];
  return Buffer.from(encoded, "base64").toString("utf8").replace(/^[^:]*:/, "");
}

function refusal({ url, headers }) {
  const [, repository] = paths.exec(url) ?? [];
  if (repository === undefined) return 404;
  if (headers.authorization === undefined) return 401;
  return isSame(passwordIn(headers), loginFor(repository)) ? undefined : 403;
}

const say = (text) => console.log(`${new Date().toISOString()} ${text}`);

const server = createServer((ask, answer) => {
  const end = (status, text = "") => {
    if (!answer.headersSent) answer.writeHead(status, { "content-type": "text/plain", ...(status === 401 && { "www-authenticate": 'Basic realm="backup"' }) });
    answer.end(text);
  };
  if (ask.url === "/-/live") return end(200);
  const isProbe = ask.url === "/-/ready";
  const refused = isProbe ? undefined : refusal(ask);
  if (refused !== undefined) {
    say(`${refused} ${ask.method} ${JSON.stringify(ask.url.slice(0, 200))}`);
    return end(refused);
  }
  const { authorization: _, ...headers } = ask.headers;
  const onwards = request({ ...storage, method: ask.method, path: isProbe ? "/" : ask.url, headers }, (it) => {
    // That it answers is all that a probe wants to know.
    if (isProbe) return it.resume(), end(200);
    answer.writeHead(it.statusCode, it.headers);
    it.pipe(answer);
  });
  onwards.on("error", (error) => {
    say(`502 ${ask.method}: ${error.message}`);
    end(502);
  });
  answer.on("close", () => onwards.destroy());
  ask.pipe(onwards);
});
// A large pack through a slow line.
server.requestTimeout = 0;
server.listen(Number(process.env.PORT), "::", () => say("the door is open"));
