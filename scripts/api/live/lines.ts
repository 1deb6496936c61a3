import { mayWait } from "./streams";

/**
 * A stream of events, each a line as JSON, that ends with what tells them, or when nobody listens any more. A client who is too slow to
 * take them is let go.
 */
export function lines(tellAll: (tell: (line: object) => void, until: AbortSignal) => Promise<void>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const tell = (line: object) => {
          if (gone.signal.aborted) return;
          if ((controller.desiredSize ?? 0) > 0) return controller.enqueue(encoder.encode(`data: ${JSON.stringify(line)}\n\n`));
          gone.abort();
          controller.error(new Error("it was too slow"));
        };
        tellAll(tell, AbortSignal.any([signal, gone.signal])).then(
          () => gone.signal.aborted || controller.close(),
          (error: unknown) => gone.signal.aborted || controller.error(error),
        );
      },
      cancel: () => gone.abort(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mayWait }),
  );
}
