import type { StoreSpec } from "../../config/spec";
import type { Failure } from "../engine/operation";
import type { Session } from "../engine/session";
import type { Observed } from "../fleet/observe";

/** A store that is about to get another release, while nobody else works on it. */
export interface AboutToUpgrade {
  session: Session;
  spec: StoreSpec;
  observed: Observed | undefined;
  signal: AbortSignal;
  onStep: (text: string) => void;
}

/** What has to be done before: here a backup belongs, and so far there is none. Says why the store must not get the release. */
export async function beforeUpgrade(_: AboutToUpgrade): Promise<Failure | undefined> {
  return undefined;
}
