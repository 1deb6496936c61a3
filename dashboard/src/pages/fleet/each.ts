import { ApiError } from "../../api/client";

/** How far one is with many. */
export interface Progress {
  done: number;
  refused: { name: string; why: string }[];
}

const sleep = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1000));

/**
 * Asks for the same with each of many stores, a few at a time. A server that has had enough for this minute is asked again when it says so; of any
 * other refusal the rest hears nothing.
 * @param wait seconds
 */
export async function forEach(names: readonly string[], ask: (name: string) => Promise<unknown>, tell: (progress: Progress) => void, wait = sleep): Promise<Progress> {
  const progress: Progress = { done: 0, refused: [] };
  const left = [...names];
  const one = async (name: string): Promise<void> => {
    try {
      await ask(name);
    } catch (error) {
      if (error instanceof ApiError && error.code === "too-many") {
        await wait(error.retryAfter ?? 10);
        return one(name);
      }
      progress.refused.push({ name, why: (error as Error).message });
    }
  };
  const lane = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      await one(name);
      progress.done += 1;
      tell({ done: progress.done, refused: [...progress.refused] });
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return progress;
}
