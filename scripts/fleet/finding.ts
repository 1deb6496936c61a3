/**
 * Kinds of trouble, causes before what follows from them: a shop without its database fails its set-up as well. docs/troubleshooting.md is
 * made from this: what `status` says of each, and where to look.
 */
export const causes = {
  refused: { said: ["quota too small", "pod refused"], look: "the plan's sizes (`plan`, or `plans` in `Pulumi.<env>.yaml`); what Pod Security or a LimitRange does not allow" },
  volume: { said: ["volume … can not be bound", "volume … is lost"], look: "`storageClass` in the settings, and its provisioner" },
  image: {
    said: ["image can not be pulled"],
    look: 'after the dash: what to set or push. The registry\'s login is set as the top of `Pulumi.prod.yaml` has it, for `local` in a shell with what `stores env` exports',
  },
  container: { said: ["FailedMount", "CreateContainerConfigError"], look: "a Secret or ConfigMap that is missing: named in the message" },
  unscheduled: { said: ["can not be scheduled"], look: "room on the nodes" },
  database: { said: ["database not up"], look: "its pod: memory (`OOMKilled`), a full volume (the dash is followed by how to enlarge it), its log" },
  "set-up": { said: ['set-up failed at "…"'], look: "the step and the last lines of its log; all of it in `logs NAME`" },
  other: { said: ["CrashLoopBackOff", "ended with exit code …"], look: "the pod's log" },
  waiting: { said: ["not ready", "is not bound yet"], look: "nothing yet: it waits for something else; where that lasts, `events NAME`" },
} as const;
export type CauseOfTrouble = keyof typeof causes;

/** Between the cluster's words and the mend. */
export const mendSeparator = " — ";

/** One thing that is wrong. */
export interface Finding {
  cause: CauseOfTrouble;
  /** A sentence that holds the cluster's own words. */
  text: string;
  /** What to do about it, where that can be told from those. */
  mend?: string;
}
