import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../../scripts/machine/os/lock";
import { run } from "../../../scripts/machine/os/run";
import { cacheFolder } from "../../../scripts/machine/paths";

/** Debian asks it whether a package may start its services. */
const policy = "/usr/sbin/policy-rc.d";

/** Installs packages of Debian or Ubuntu, as root, unless what is looked for is there. */
export async function ensurePackages(packages: string[], found: () => Promise<boolean>): Promise<void> {
  if (await found()) return;
  const cannot = `some are missing: install the packages ${packages.join(", ")} of Debian or Ubuntu`;
  if (process.getuid?.() !== 0) throw new Error(cannot);
  // Two files of tests run at once; others of this machine may be installing as well.
  await withLock(join(cacheFolder(), "packages.lock"), () => {}, async () => ((await found()) ? undefined : install(packages, found, cannot)));
}

async function install(packages: string[], found: () => Promise<boolean>, cannot: string): Promise<void> {
  // The tests start their own; the system's would only be in the way.
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env });
    const { stderr } = await run("apt-get", ["-o", "DPkg::Lock::Timeout=600", "install", "--yes", "--no-install-recommends", ...packages], { env });
    if (!(await found())) throw new Error(`${cannot}\n${stderr.slice(-2_000)}`);
  } finally {
    if (ours) rmSync(policy);
  }
}
