// Puts the publishable key, which the seed has left in a file, into the Secret that the storefront starts with. Only this
// container has a token for the Kubernetes API, and that token can do nothing else.
import { readFileSync } from "node:fs";

// The first process of a container is ended by no signal that it does not ask for.
process.once("SIGTERM", () => process.exit(143));

const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE, SECRET_NAME, KEY_FILE, TOKEN_FILE, WAIT_SECONDS } = process.env;
const key = readFileSync(KEY_FILE, "utf8").trim();
const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}/api/v1/namespaces/${NAMESPACE}/secrets/${SECRET_NAME}`;

async function publish() {
  const answer = await fetch(url, {
    method: "PATCH",
    // The kubelet renews the token.
    headers: { authorization: `Bearer ${readFileSync(TOKEN_FILE, "utf8")}`, "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ stringData: { "publishable-key": key } }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.json().catch(() => ({}))).message ?? "no reason given"}`);
  await answer.body?.cancel();
}

for (const end = Date.now() + Number(WAIT_SECONDS) * 1000; ; await new Promise((wake) => setTimeout(wake, 1_000))) {
  try {
    await publish();
    break;
  } catch (error) {
    if (Date.now() < end) continue;
    const cause = error.cause?.message ?? error.message;
    console.error(`error: the Kubernetes API did not take the key into Secret ${SECRET_NAME}: ${cause}. Do network policies let this pod reach it?`);
    process.exit(1);
  }
}
console.log(`the publishable key is in Secret ${SECRET_NAME}`);
