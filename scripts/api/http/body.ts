import { Problem } from "./problem";
import { typed, type Route } from "./route";

const standardLimit = 1024 * 1024;

/** The body of a request as its route wants it, not checked yet. Its bytes are counted while they come, whatever its header promises. */
export async function readBody({ body, bodyLimit = standardLimit }: Route, request: Request): Promise<unknown> {
  if (!body) return undefined;
  const { type } = typed(body);
  const sent = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (sent !== type) throw new Problem("content-type", `the body is ${sent ? `"${sent}"` : "of no type"}, not ${type}`, { hint: `Say it in the header: content-type: ${type}` });
  const text = await textOf(request, bodyLimit);
  if (type !== "application/json") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem("malformed", `the body is not JSON: ${(error as Error).message}`);
  }
}

async function textOf(request: Request, limit: number): Promise<string> {
  const tooLarge = () => new Problem("too-large", `the body is larger than ${limit} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem("malformed", "the body is not UTF-8 text");
  }
}
