// Holds the storefront back until a server answers: the Job has then written the key that the next container starts with.
// The first process of a container is ended by no signal that it does not ask for.
process.once("SIGTERM", () => process.exit(143));
const url = `${process.env.MEDUSA_BACKEND_URL}/ready`;

for (let attempt = 0; ; attempt++) {
  const problem = await fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok, status }) => (ok ? undefined : `it answered ${status}`),
    (error) => error.cause?.message ?? error.message,
  );
  if (problem === undefined) break;
  if (attempt % 15 === 0) console.log(`waiting for ${url}: ${problem}`);
  await new Promise((wake) => setTimeout(wake, 1_000));
}
