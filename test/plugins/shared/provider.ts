import type { Values } from "./values";

/** What identifies the resource that a request is about. */
export interface Subject {
  urn: string;
  /** Type token, such as `kubernetes:core/v1:Namespace`. */
  type: string;
  /** The name in the program. */
  name: string;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: Values;
  failures?: CheckFailure[];
}

export type Change = "add" | "update" | "delete";

export interface DiffResult {
  /** By property path. */
  changes: Map<string, { change: Change; replace: boolean }>;
  /** Changed, although no property path says so. */
  changed?: boolean;
  deleteBeforeReplace?: boolean;
}

export interface Operation extends Subject {
  preview: boolean;
  /** Seconds from `customTimeouts`; 0 is the provider's own default. */
  timeout: number;
}

/** The part of Pulumi's provider protocol that the two stand-ins need. */
export interface Provider {
  readonly version: string;
  diffConfig?(olds: Values, news: Values): Promise<DiffResult>;
  configure(variables: Map<string, string>, log: Log): Promise<void>;
  check(subject: Subject, olds: Values, news: Values, randomSeed: Uint8Array): Promise<CheckResult>;
  diff(subject: Subject, olds: Values, news: Values, ignoreChanges: string[]): Promise<DiffResult>;
  create(operation: Operation, inputs: Values): Promise<{ id: string; outputs: Values }>;
  /** Undefined: the resource is gone. */
  read(subject: Subject, id: string, outputs: Values, inputs: Values): Promise<{ inputs: Values; outputs: Values } | undefined>;
  update(operation: Operation, id: string, olds: Values, news: Values, ignoreChanges: string[]): Promise<Values>;
  delete(operation: Operation, id: string, outputs: Values): Promise<void>;
  /** Ends what is under way; called when the user interrupts, and before the plugin ends. */
  cancel(): Promise<void>;
  /** Ends, at once and without clean-up, what must not outlive the plugin. */
  kill(): void;
}

export type Severity = "info" | "warning";

/** Tells the user something; `status` replaces the resource's line in the display instead of adding a message. */
export type Log = (severity: Severity, urn: string, message: string, status?: boolean) => void;

/** The resource exists, but not in the state that was asked for: Pulumi records it and reports the failure. */
export class PartialFailure extends Error {
  constructor(readonly id: string, message: string, readonly outputs: Values, readonly reasons: string[] = []) {
    super(message);
  }
}
