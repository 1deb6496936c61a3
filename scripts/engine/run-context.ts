import { readState } from "../../config/state";
import { environmentFor } from "../../config/variables";
import type { Observed } from "../fleet/observe";
import { refuseForeignState } from "./described-cluster";
import type { Operation } from "./operation";
import { Pool } from "./pool";
import type { Repair } from "./repairs";
import { equipped, logFile, workFolder, type Session } from "./session";

/** What operations on the stacks of one environment share. */
export interface RunContext {
  session: Session;
  pool: Pool;
  workFolder: string;
  /** Of stacks that are created; absent: the backend's own choice. */
  secretsProvider?: string;
  /** Aborted by the first Ctrl-C: operations under way are cancelled cleanly. */
  signal: AbortSignal;
  /** Stores keep the passwords that they run with, also where the state knows others or none. */
  adopt?: boolean;
  /** Stores whose passwords came from outside get drawn ones, where their list says so. */
  drawPasswords?: boolean;
  /** Saves what a store holds before it is deleted; where it throws, the store stays. @default nothing is saved */
  lastBackup?: (store: Observed, onStep: (text: string) => void, signal: AbortSignal) => Promise<void>;
  /** What is to be mended in a store under its stack's lock, before Pulumi looks at all that it made. */
  mend?: (store: string) => Repair;
  /** Stores that somebody asked for by name: these are deleted also where the state has no stack of them. */
  named?: readonly string[];
}

/** What every operation on a stack is told. */
export function operationOn(context: RunContext, stack: string): Pick<Operation, "env" | "stack" | "secretsProvider" | "workFolder" | "logFile"> {
  const { session: { env }, secretsProvider } = context;
  return { env, stack, secretsProvider, workFolder: context.workFolder, logFile: logFile(env, stack) };
}

const minutes = 60_000;

/** Milliseconds that one operation on one stack may take: Helm's own wait, twice (uninstall and install), and time for the rest. @param helmTimeout seconds */
export const operationLimit = (helmTimeout: number): number => 2 * helmTimeout * 1000 + 10 * minutes;

/** Opens the worker pool for `body` and closes it after, unless the state is about another cluster. Ctrl-C aborts `signal`. */
export async function withRunContext<T>(
  opened: Session, helmTimeout: number, { signal, say }: { signal: AbortSignal; say: (text: string) => void }, body: (context: RunContext) => Promise<T>,
): Promise<T> {
  const session = await equipped(opened, say);
  await refuseForeignState(session, signal);
  const pool = new Pool({
    variables: environmentFor("program", session.variables),
    deadline: operationLimit(helmTimeout),
  });
  try {
    return await body({ session, pool, workFolder: workFolder(session.env), secretsProvider: readState(session.env).secretsProvider, signal });
  } finally {
    pool.close();
  }
}
