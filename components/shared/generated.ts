import { createHash } from "node:crypto";
import { all, secret, type Output } from "@pulumi/pulumi";

/** A Secret as it is in the cluster. */
export interface LivingSecret {
  /** Its values, decoded. */
  values: Record<string, string>;
  annotations: Record<string, string>;
}

/** What the Secrets of a shop that runs hold, which no other state may write over. */
export interface LivingSecrets {
  /** Undefined when there is none of that name. */
  secret(name: string): Promise<LivingSecret | undefined>;
  /**
   * Keep what lives instead of refusing.
   * @default false
   */
  adopt?: boolean;
  /** Says whose passwords these are and what to do, where they are not this state's. */
  refusal: Error;
}

/** On a Secret that was adopted: that this state knows of the difference between what it draws and what the Secret holds. */
export const adoptedAnnotation = "storefleet.dev/adopted";

/** What is written into a Secret. */
export interface Kept<Value = Output<string>> {
  values: Record<string, Value>;
  annotations?: Record<string, string>;
}

/**
 * What becomes of a Secret for which a state draws these values. The one that lives is right: its values are in a database
 * already. Where they are others than the state's, they are kept if this state has adopted them, or is to; else undefined.
 */
export function keep(drawn: Record<string, string>, living: LivingSecret | undefined, { adopt }: { adopt?: boolean }): Kept<string> | undefined {
  const others = Object.entries(living?.values ?? {}).filter(([key, value]) => key in drawn && drawn[key] !== value);
  if (!living || others.length === 0) return { values: drawn };
  const adopted = fingerprint(others.map(([key, value]) => [key, drawn[key], value]).sort());
  if (!adopt && living.annotations[adoptedAnnotation] !== adopted) return undefined;
  return { values: { ...drawn, ...Object.fromEntries(others) }, annotations: { [adoptedAnnotation]: adopted } };
}

/** Tells nothing of a password: long random ones, which nobody else knows, are part of it. */
const fingerprint = (it: unknown) => createHash("sha256").update(JSON.stringify(it)).digest("hex");

/** Whether a value is more than a preview's placeholder; not in the SDK's types. */
const isKnown = (value: Output<unknown>) => (value as unknown as { isKnown: Promise<boolean> }).isKnown;

/**
 * The values of one Secret, held against those that live there, as late as possible: when all of them are drawn.
 * Rejects with the refusal. It is awaited before a resource is made of them: a program ends only when none of its resources
 * waits for an input.
 */
export async function besideLiving(drawn: Record<string, Output<string>>, name: string, living: LivingSecrets): Promise<Kept> {
  const whole = all(drawn);
  const known = await isKnown(whole);
  const there = await living.secret(name);
  if (!known) {
    // A preview that does not know them yet would have them drawn anew.
    if (!living.adopt && Object.keys(there?.values ?? {}).some((key) => key in drawn)) throw living.refusal;
    return { values: drawn };
  }
  const kept = keep(await new Promise<Record<string, string>>((resolve) => whole.apply(resolve)), there, living);
  if (!kept) throw living.refusal;
  return { ...kept, values: Object.fromEntries(Object.entries(drawn).map(([key, own]) => [key, secret(own.apply(() => kept.values[key] as string))])) };
}
