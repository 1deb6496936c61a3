import { existsSync, rmSync, writeFileSync } from "node:fs";
import { run } from "../../scripts/cluster/run";

/** Where Debian and its like keep Postgres, which is not on PATH there. */
const debianPostgres = "/usr/lib/postgresql";
/** Debian asks it whether a package may start its services. */
const policy = "/usr/sbin/policy-rc.d";

const found = async () => existsSync(debianPostgres) && (await run("redis-server", ["--version"])).code === 0;

/** Postgres and Redis for the application's tests, which run them themselves: this machine's, else Debian's packages. */
export async function ensureDataStores(): Promise<void> {
  if (await found()) return;
  const cannot = "Postgres and Redis are missing: install the packages postgresql and redis-server of Debian or Ubuntu";
  if (process.getuid?.() !== 0) throw new Error(cannot);
  // The tests start their own; the system's would only be in the way.
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env });
    const { stderr } = await run("apt-get", ["install", "--yes", "--no-install-recommends", "postgresql", "redis-server"], { env });
    if (!(await found())) throw new Error(`${cannot}\n${stderr.slice(-2_000)}`);
  } finally {
    if (ours) rmSync(policy);
  }
}
