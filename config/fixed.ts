/**
 * What stays as it was made once a store runs, in the words of the schema, of refusals and of docs/operations.md. The cluster or the
 * engine could not take another value, or would lose data with it.
 */
export const fixed = {
  name: "It can not be changed: another name is another store, with data of its own.",
  engine: "It can not be changed once the store runs: another engine can not read its data.",
  storageClass: "It can not be changed for volumes that exist: they keep theirs, and another one is for new stores.",
  sharedStorageClass: "It can not be changed for uploads that exist: they stay where they are, with one pod if that is all that can mount them.",
  volumes: "They can not shrink, and grow only where their storage class can expand them: else they stay as they are.",
} as const;

/** Why a store that runs one engine can not become one of another, and how to mend that; undefined where it need not. */
export function engineRefusal(store: string, wanted: string, running: string | undefined): { message: string; repair: string } | undefined {
  if (running === undefined || running === wanted) return undefined;
  return {
    message: `the engine can not be changed once the store runs: ${store} runs ${running}, and another engine can not read its data`,
    repair: `go back to engine: ${running}, or list the other shop under a name of its own`,
  };
}
