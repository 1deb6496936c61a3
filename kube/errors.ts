import { UserError, type ErrorCode } from "../config/errors";

/** The API refused (the message is its own) or the object is missing. */
export class KubeError extends UserError {
  constructor(
    /** HTTP's. */
    readonly status: number,
    message: string,
    hint?: string,
    code?: ErrorCode,
    /** Milliseconds after which the API server wants to be asked again, if it said so. */
    readonly retryAfter?: number,
  ) {
    super(message, hint, code);
  }
}

/** Whether the API refused because an object is there already, or is another version than the one that was meant. */
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.status === 409;

/** Nobody answers where the API server should be. */
export class Unreachable extends UserError {
  override name = "UserError";

  constructor(
    message: string,
    hint: string,
    /** The connection was there, and broke. */
    readonly broke: boolean,
  ) {
    super(message, hint, "cluster-unreachable");
  }
}
