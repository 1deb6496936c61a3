// How long a subscriber's work, such as a mail, is tried again. A mail server may be away for a night, or have a new password that
// nobody has entered yet.

const shortest = 5_000;
const longest = 15 * 60_000;

/** Milliseconds until the next attempt: 5 s, 10 s, … and from the ninth on a quarter of an hour. */
export const backoffStrategy = (attemptsMade: number): number => Math.min(shortest * 2 ** Math.min(attemptsMade - 1, 30), longest);

/** Of the event bus' jobs: some 23 hours of attempts. What failed for good is kept for a look, as far as it is few. */
export const jobOptions = {
  attempts: 100,
  backoff: { type: "custom" },
  removeOnFail: { age: 14 * 24 * 3_600, count: 1_000 },
  stackTraceLimit: 1,
};
