import createClient from "openapi-fetch";
import type { paths } from "./schema";
import type { Problem } from "./types";

/** The API, by its description: paths, parameters and answers are checked where they are written. */
export const api = createClient<paths>({ headers: { "X-Storefleet": "1" } });

/** An answer that says no, or none at all. */
export class ApiError extends Error {
  /** @param retryAfter seconds, where the server says when to ask again */
  constructor(
    readonly problem: Problem,
    readonly retryAfter?: number,
  ) {
    super(problem.detail);
  }

  /** `list-invalid`; `unreachable` for no answer. */
  get code(): string {
    return this.problem.type.replace("urn:storefleet:problem:", "");
  }
}

/** What an answer has, and its ETag. @throws ApiError */
export async function read<T>(asking: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ data: T; etag: string | undefined }> {
  const { data, error, response } = await asking.catch((cause: Error) => {
    throw new ApiError({ type: "urn:storefleet:problem:unreachable", title: "the server does not answer", status: 0, detail: "The server can not be reached.", instance: "", hint: `Is stores serve still running? (${cause.message})` });
  });
  if (!response.ok) throw new ApiError(problemIn(error, response), Number(response.headers.get("retry-after")) || undefined);
  return { data: data as T, etag: response.headers.get("etag") ?? undefined };
}

/** @throws ApiError */
export const ask = async <T>(asking: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> => (await read(asking)).data;

/** A proxy in between knows nothing of problems. */
function problemIn(error: unknown, { status, statusText, url }: Response): Problem {
  const sent = error as Partial<Problem> | undefined;
  if (sent?.type && sent.detail) return sent as Problem;
  return { type: "urn:storefleet:problem:foreign-answer", title: statusText, status, detail: `The answer was ${status} ${statusText}.`, instance: new URL(url).pathname };
}

/** Of a change that must not be done twice. */
export const newKey = (): string => crypto.randomUUID();
