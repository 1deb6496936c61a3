import { z } from "zod";
import { errorCodes, ListErrors, UserError, type ErrorCode } from "../../../config/errors";

/** How the project's errors are answered; they keep their codes. */
export const statusOf: Record<ErrorCode, number> = {
  usage: 400,
  "list-invalid": 409,
  "list-changed": 412,
  "key-reused": 422,
  "settings-invalid": 409,
  "unknown-store": 404,
  "name-taken": 409,
  "edit-refused": 422,
  "foreign-shell": 409,
  "foreign-object": 409,
  "another-cluster": 409,
  "two-states": 409,
  "no-cluster": 503,
  "no-environment": 503,
  "not-isolated": 409,
  "no-certificate": 409,
  protected: 409,
  "refused-deletion": 409,
  "refused-reset": 409,
  "plan-invalid": 422,
  "plan-out-of-date": 409,
  "not-ready": 409,
  "not-recorded": 503,
  forbidden: 502,
  interrupted: 503,
  "state-unusable": 503,
  "cluster-unreachable": 503,
  failed: 500,
};

/** What HTTP alone knows of. */
export const ownCodes = {
  malformed: [400, "the request can not be read"],
  "not-signed-in": [401, "no token, or none that counts"],
  scope: [403, "the token lacks a scope"],
  "cross-site": [403, "the request comes from another site"],
  "not-found": [404, "there is nothing at this path"],
  method: [405, "the path does not take this method"],
  "too-large": [413, "the body is too large"],
  "content-type": [415, "the body is of another type"],
  host: [421, "this is not the host that was asked for"],
  invalid: [422, "the request says something that can not be meant"],
  "precondition-required": [428, "If-Match is needed"],
  "too-many": [429, "too many requests"],
  defect: [500, "an error of this program"],
} as const satisfies Record<string, [number, string]>;
type OwnCode = keyof typeof ownCodes;

/** One thing wrong in a request: of the list with its place in the file, of anything else with its path in the request. */
export const finding = z.strictObject({
  path: z.array(z.union([z.string(), z.number()])), message: z.string(), repair: z.string().optional(), value: z.string().optional(),
  file: z.string().optional(), line: z.int().min(1).optional(), column: z.int().min(1).optional(),
});
export type Finding = z.infer<typeof finding>;

/** RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.string().describe("urn:storefleet:problem: and a code that does not change."), title: z.string(), status: z.int(),
  detail: z.string(), instance: z.string().describe("The path that was asked for."),
  hint: z.string().optional().describe("How to mend it."), problems: z.array(finding).optional().describe("Everything that is wrong, with its place."),
  request: z.string().optional().describe("Of an error of the program: by which its log has it."),
});
export type ProblemBody = z.infer<typeof problemSchema>;

interface More {
  hint?: string;
  problems?: Finding[];
  headers?: Record<string, string>;
  request?: string;
  /** Whose want of a right it is, which the audit trail is told; of nobody who is known: nothing. */
  denied?: { id: string; name: string };
}

/** An answer that says no. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;

  constructor(
    readonly code: OwnCode | ErrorCode,
    detail: string,
    readonly more: More = {},
    status?: number,
  ) {
    super(detail);
    const own = Object.hasOwn(ownCodes, code) ? ownCodes[code as OwnCode] : undefined;
    this.status = status ?? own?.[0] ?? statusOf[code as ErrorCode];
    this.title = own?.[1] ?? errorCodes[code as ErrorCode].means;
  }

  answer(instance: string): Response {
    const { hint, problems, request, headers } = this.more;
    const body: ProblemBody = {
      type: `urn:storefleet:problem:${this.code}`, title: this.title, status: this.status, detail: this.message, instance,
      ...(hint && { hint }), ...(problems && { problems }), ...(request && { request }),
    };
    return new Response(JSON.stringify(body), { status: this.status, headers: { "content-type": "application/problem+json", ...headers } });
  }
}

/** What is asked for by its id: to the command one that there is not is a word that can not be meant. */
export async function orNotFound<T>(looked: Promise<T>): Promise<T> {
  try {
    return await looked;
  } catch (error) {
    if (error instanceof UserError && error.code === "usage") throw new Problem("not-found", error.message, { hint: error.hint });
    throw error;
  }
}

/** Seconds after which it is worth asking again, where the cluster or the state do not answer. */
const retryAfter = "5";

/**
 * What an error is answered with. Expected ones are for people; of any other nothing is told but an id.
 * @param report told an unexpected one whole
 */
export function problemOf(error: unknown, report: (text: string) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof UserError) {
    const headers = statusOf[error.code] === 503 ? { "retry-after": retryAfter } : undefined;
    return new Problem(error.code, error.message, { hint: error.hint, headers, ...(error instanceof ListErrors && { problems: error.problems }) });
  }
  const request = crypto.randomUUID();
  report(`defect: request ${request}: ${error instanceof Error ? error.stack : String(error)}`);
  return new Problem("defect", "something went wrong that should not have", { request, hint: "What it was stands in the log of the server, by the id of this request." });
}
