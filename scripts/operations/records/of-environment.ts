import type { Failure } from "../../engine/operation";
import { operationLimit } from "../../engine/run-context";
import type { Listener } from "../scope";
import { hasPlace } from "./audit";
import { noteDown } from "./of-stores";
import type { End, Place } from "./operation";
import { recorded } from "./recorded";

/**
 * Brings up an environment's shared parts under a record. The first time there is no place for one until they are there.
 * @param helmTimeout seconds
 */
export async function recordedEnvironment<T extends { failure?: Failure }>(place: Place, helmTimeout: number, listener: Pick<Listener, "signal" | "say">, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (await hasPlace(place.kube)) {
    const { result } = await recorded(place, { kind: "environment", stores: {}, limit: 2 * operationLimit(helmTimeout) }, listener, ({ signal }) => work(signal), endOf);
    return result;
  }
  const done = await work(listener.signal);
  const { end, error } = endOf(done);
  // Where not even that came to be, the next run starts with it.
  if (await hasPlace(place.kube)) await noteDown(place, { action: "environment.up", outcome: end, ...(error && { reason: error.slice(0, 300) }) });
  return done;
}

const endOf = ({ failure }: { failure?: Failure }): { end: End; error?: string } => (failure ? { end: failure.kind === "cancelled" ? "cancelled" : "failed", error: failure.message } : { end: "succeeded" });
