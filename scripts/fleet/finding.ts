/** Kinds of trouble, causes before what follows from them: a shop without its database fails its set-up as well. */
export const causes = ["refused", "volume", "image", "container", "unscheduled", "database", "set-up", "other", "waiting"] as const;

/** Between the cluster's words and the mend. */
export const mendSeparator = " — ";

/** One thing that is wrong. */
export interface Finding {
  cause: (typeof causes)[number];
  /** A sentence that holds the cluster's own words. */
  text: string;
  /** What to do about it, where that can be told from those. */
  mend?: string;
}
