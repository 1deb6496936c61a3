import { readFileSync, readlinkSync } from "node:fs";
import { identityOf, isAlive, type ProcessRecord } from "./process";

/** A process, with what it takes to tell later, on this machine, that it is gone: host names and process ids alone prove nothing. */
export interface PlacedProcess extends ProcessRecord {
  place: PidScope;
}

/** Where a process id means something: within one namespace of one run of one machine. */
interface PidScope {
  boot: string;
  /** Empty where nothing tells the machine from another. */
  machine: string;
  namespace: string;
}

const quietly = (read: () => string) => {
  try {
    return read().trim();
  } catch {
    return "";
  }
};

const here = (): PidScope => ({
  boot: quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
  machine: quietly(() => readFileSync("/etc/machine-id", "utf8")),
  namespace: quietly(() => readlinkSync("/proc/self/ns/pid")),
});

/** A process of this machine. */
export const placed = (pid: number): PlacedProcess => ({ pid, identity: identityOf(pid) ?? "", place: here() });

/**
 * Whether a process is proven to be gone, by a record that this machine kept: its id names it here and nobody has it any more, or the
 * machine has started anew since.
 */
export function isGone(record: PlacedProcess): boolean {
  const now = here();
  if (record.place.boot === now.boot) return endedHere(record);
  return record.place.machine !== "" && record.place.machine === now.machine;
}

/** The same by a record that anybody may have written: only of this run of this system is it known. Images of machines share their ids. */
export const isKnownGone = (record: PlacedProcess): boolean => record.place.boot !== "" && record.place.boot === here().boot && endedHere(record);

const endedHere = (record: PlacedProcess) => record.place.namespace === here().namespace && !isAlive(record);
