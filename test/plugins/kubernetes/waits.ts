import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../shared/provider";
import { equal, isObject, type Values } from "../shared/values";
import { annotation, metadataOf, textOf } from "./checkpoint";
import { ApiError } from "./cluster";
import { pathOf, type Kind } from "./kinds";
import type { Session } from "./session";

/** Seconds that an operation may wait unless the program says otherwise. */
const defaultTimeout = 600;
const quotaTimeout = 60;

/** Calls until there is an answer or time is up; the pauses grow to a second. */
async function poll<Answer>(session: Session, seconds: number, ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
  const end = Date.now() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 1000)) {
    const answer = await ask();
    if (answer !== undefined || Date.now() >= end || session.signal.aborted) return answer;
    await sleep(Math.min(pause, Math.max(end - Date.now(), 0)), undefined, { signal: session.signal }).catch(() => undefined);
  }
}

/** Waits where the real provider does: for a quota, until its controller has taken note of it. */
export async function untilReady(session: Session, kind: Kind, inputs: Values, created: Values): Promise<{ object: Values; failure?: string }> {
  if (kind.kind !== "ResourceQuota" || annotation(inputs, "pulumi.com/skipAwait") === "true") return { object: created };
  const path = pathOf(kind, textOf(created, "namespace"), textOf(created, "name"));
  let object = created;
  const noted = ({ spec, status }: Values) => isObject(spec) && isObject(status) && isObject(spec.hard) && equal(spec.hard, status.hard);
  const ready = await poll(session, quotaTimeout, async () => {
    if (!noted(object)) object = await session.reachable().request("GET", path);
    return noted(object) || undefined;
  });
  if (ready) return { object };
  const what = session.signal.aborted ? "Resource operation was cancelled for" : "Timeout occurred polling for";
  return { object, failure: `${what} '${textOf(created, "name")}'` };
}

/** Waits until an object is gone. Returns its last state if it stays. */
export async function untilGone(session: Session, operation: Operation, path: string, live: Values): Promise<Values | undefined> {
  let last = live;
  const gone = await poll(session, operation.timeout || defaultTimeout, async () => {
    try {
      last = await session.reachable().request("GET", path);
      // Another object of this name is not the one that is awaited.
      return textOf(live, "uid") !== "" && textOf(last, "uid") !== textOf(live, "uid") ? true : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return true;
      return undefined;
    }
  });
  if (gone) return undefined;
  const { finalizers } = metadataOf(last);
  const names = Array.isArray(finalizers) ? finalizers.join(", ") : "";
  session.log("warning", operation.urn, `finalizers might be preventing deletion (${names})`);
  return last;
}
