import type { EnvironmentName } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import type { SharedParts } from "../../stores/environment-outputs";
import type { Action } from "../fleet/classify";
import type { ChangedValue } from "./changed-values";

/** What one worker process does with one stack. */
export interface Operation {
  kind: "up" | "preview" | "destroy";
  env: EnvironmentName;
  stack: string;
  /** The store as the list has it; absent for the environment's own stack and for `destroy`. */
  spec?: StoreSpec;
  /** The stack is likely to be missing: create it first instead of after a refusal. */
  fresh?: boolean;
  /** What encrypts the secrets of a stack that is created; absent: the backend's own choice. */
  secretsProvider?: string;
  /** Before anything else, hold the stack's lock until the parent has made its repair. */
  hold?: boolean;
  /** Compare the state with the cluster before anything but that. */
  refresh?: boolean;
  /** Keep the passwords that the shop runs with, where they are not this state's. */
  adopt?: boolean;
  /** Draw passwords for a shop that had them from outside. */
  drawPasswords?: boolean;
  /** Folder in which the CLI runs: `Pulumi.yaml` and a way to `components/`. */
  workFolder: string;
  /** Variables on top of the session's, such as another backend for the preview of a stack that does not exist. */
  variables?: Record<string, string>;
  /** The environment's shared parts, where its stack can not be read: in the preview of a stack that does not exist. */
  shared?: SharedParts;
  /** The CLI's own output goes here. */
  logFile: string;
}

export interface Changes {
  create: number;
  update: number;
  replace: number;
  delete: number;
}

/** One resource that an operation changes. */
export interface Step {
  op: string;
  type: string;
  name: string;
  /** Top-level properties that differ, for updates and replacements. */
  diffs: string[];
  /** What differs in them, as far as it is shown. */
  values: ChangedValue[];
  /** How many values differ besides. */
  moreValues: number;
}

/**
 * Why an operation failed. `cli`: refused before any resource was looked at (lock, passphrase, backend).
 * `program`: the store's own program ended badly. `resource`: the cluster or a chart said no. `gate`: it came up with another release, and does
 * not do what it has to.
 */
export type FailureKind = "not-found" | "locked" | "cancelled" | "cli" | "program" | "resource" | "gate";

export interface Failure {
  kind: FailureKind;
  /** For people; the most telling line first. */
  message: string;
  /** Who works on the store, where that is not said by the lock of its state. */
  heldBy?: string;
}

export interface Outcome {
  changes: Changes;
  steps: Step[];
  failure?: Failure;
}

/** A repair that needs the stack's lock: made while it is held. False: the operation is not worth another try. */
export type WhileHeld = () => Promise<boolean>;

export const noChanges = (): Changes => ({ create: 0, update: 0, replace: 0, delete: 0 });

export const sum = (one: Changes, other: Changes): Changes => ({
  create: one.create + other.create,
  update: one.update + other.update,
  replace: one.replace + other.replace,
  delete: one.delete + other.delete,
});

export const hasChanges = (changes: Changes) => Object.values(changes).some((count) => count > 0);

/** Worker to parent. */
export type WorkerMessage =
  | { type: "ready" }
  | { type: "beat" }
  /** A CLI process began (its pid) or ended (undefined): whoever ends the worker has to see to it. */
  | { type: "cli"; pid: number | undefined }
  | { type: "step"; text: string }
  /** The stack's lock is held, for as long as the parent likes. */
  | { type: "held" }
  | { type: "done"; outcome: Outcome };

/** Parent to worker. */
export type ParentMessage =
  | { type: "run"; operation: Operation }
  /** The repair under the lock is over; whether the operation goes on. */
  | { type: "release"; goOn: boolean }
  | { type: "cancel" };

/** One store's part of a run, as `plan --json` and `apply --json` print it. */
export interface StoreReport {
  name: string;
  action: Action;
  changes: Changes;
}
