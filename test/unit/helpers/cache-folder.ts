import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test of a suite an empty cache folder of its own; the function returned names the running test's. */
export function useCacheFolder(): () => string {
  const before = process.env.STOREFLEET_CACHE;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-"));
    process.env.STOREFLEET_CACHE = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.STOREFLEET_CACHE;
    else process.env.STOREFLEET_CACHE = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}
