import { createHash } from "node:crypto";
import { canonical } from "../../config/canonical";
import { UserError } from "../../config/errors";
import { isConflict } from "../../kube";
import { openSession, type Asker, type Session } from "../engine/session";
import { placed } from "../machine/os/placed-process";
import { digestOfText } from "./list-text";
import { newId, operationOf, pathOf, readOperations, requestOf, whoAsks, writeRecord, type Operation, type OperationRequest } from "./records/operation";
import type { Scope } from "./scope";

/** Whose list is edited, and where it is carried out; the session says on whose behalf. */
export interface At {
  scope: Scope;
  session: Session;
}

/** Opens a fleet to be asked for changes. */
export const openAt = async (scope: Scope): Promise<At> => ({ scope, session: await openSession(scope) });

/** The same, on somebody's behalf. */
export const onBehalf = ({ scope, session }: At, by: Asker): At => ({
  scope: { ...scope, by },
  // Not spread: the session reads its variables when they are asked for.
  session: Object.create(session, { by: { value: by, enumerable: true } }) as Session,
});

export type Asked = Pick<OperationRequest, "kind" | "names" | "prune" | "maxDeletes" | "plan">;

export interface Sent {
  /** Of two requests with the same key of the same asker, the second one is the first one again. */
  key?: string;
  /** What the client sent: with the same key it has to be the same. */
  body: unknown;
}

const bodyDigest = (asked: Asked, body: unknown) => digestOfText(canonical({ asked, body }));

/**
 * Writes down what is asked for, where the list need not be edited.
 * @param check throws where it must not be done as things are; of a request that was heard before, nobody asks that again
 */
export async function ask(session: Session, asked: Asked, sent: Sent, check?: () => Promise<unknown>): Promise<Operation> {
  const { id, request } = await named(session, asked, sent);
  if (check && sent.key !== undefined && (await session.kube.get(pathOf(id)))) return sameAgain(session, id, request);
  await check?.();
  try {
    await writeRecord(session.kube, id, request, { state: "queued", process: placed(process.pid) });
  } catch (error) {
    if (!isConflict(error)) throw error;
    return sameAgain(session, id, request);
  }
  return found(session, id);
}

/** The name of the record tells asker and key, so that the cluster itself keeps a second one from coming about. */
export async function named(session: Session, asked: Asked, { key, body }: Sent): Promise<{ id: string; request: OperationRequest }> {
  const { kube, env } = session;
  const who = await whoAsks(session);
  const now = kube.now();
  const id = key === undefined ? newId(now) : `key-${createHash("sha256").update(JSON.stringify([env, who.actor.person, key])).digest("hex").slice(0, 24)}`;
  return { id, request: { ...asked, env, ...who, requestedAt: new Date(now).toISOString(), body: bodyDigest(asked, body) } };
}

export async function sameAgain({ kube, env }: Session, id: string, { body }: OperationRequest): Promise<Operation> {
  const object = await kube.get(pathOf(id));
  const [before] = object ? operationOf(object, kube.now()) : [];
  if (!object || before?.env !== env) throw new UserError("the request is gone that had this key", "Send it with another key.", "usage");
  if (requestOf(object)?.body !== body) throw new UserError("another request had this key", "Send it with a key of its own.", "key-reused");
  return before;
}

export async function found({ kube, env }: Session, id: string): Promise<Operation> {
  const [it] = await readOperations(kube, env, id);
  if (!it) throw new UserError(`the record of operation ${id} is gone`);
  return it;
}
