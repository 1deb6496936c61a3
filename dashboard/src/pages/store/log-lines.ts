/** A line of a container, as the API tells it. */
export interface LogLine {
  pod: string;
  container: string;
  line: string;
}

/** Lines that are kept: a page is no archive. */
export const mostLines = 2_000;

/** What is in an answer of server-sent events, as it comes. @throws where it breaks off */
export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<LogLine> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const events = (rest + value).split("\n\n");
    rest = events.pop()!;
    for (const event of events) if (event.startsWith("data: ")) yield JSON.parse(event.slice("data: ".length)) as LogLine;
  }
}

/** As it is shown and copied. @param container only its lines; none: of all, each with its container's name */
export const textOf = (lines: readonly LogLine[], container?: string): string =>
  (container === undefined ? lines.map((it) => `${it.container} │ ${it.line}`) : lines.filter((it) => it.container === container).map(({ line }) => line)).join("\n");

export const containersIn = (lines: readonly LogLine[]): string[] => [...new Set(lines.map(({ container }) => container))].sort();
