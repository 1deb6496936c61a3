import type { EngineEvent } from "@pulumi/pulumi/automation";
import { words } from "../machine/foreign-words";
import { changedValues } from "./changed-values";
import { noChanges, type Failure, type Outcome, type Step } from "./operation";

const ignoredOps = new Set(["same", "read", "refresh", "read-discard", "discard"]);
/** What Pulumi keeps for itself is nobody's business. */
const isOwn = (type: string) => /^pulumi:(pulumi:Stack|providers:)/.test(type);

/** Turns the engine's events into progress, counts, steps and, when it failed, the reason. */
export class Recorder {
  began = false;
  private readonly changes = noChanges();
  private readonly steps: Step[] = [];
  private readonly errors: { urn: string; text: string }[] = [];

  constructor(private readonly onStep: (text: string) => void) {}

  take(event: EngineEvent): void {
    if (event.preludeEvent) this.began = true;
    const pre = event.resourcePreEvent?.metadata;
    if (pre && !ignoredOps.has(pre.op) && !isOwn(pre.type)) {
      const { values, more } = changedValues(pre);
      const step = { op: pre.op, type: pre.type, name: nameOf(pre.urn), diffs: pre.diffs ?? [], values, moreValues: more };
      this.steps.push(step);
      this.onStep(`${step.op} ${kindOf(step.type)} ${step.name}`);
    }
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.severity === "error") {
      this.errors.push({ urn: diagnostic.urn ?? "", text: withComponent(diagnostic.urn ?? "", causeIn(diagnostic.message)) });
    }
    const counts = event.summaryEvent?.resourceChanges as Record<string, number> | undefined;
    if (counts) {
      for (const kind of ["create", "update", "replace", "delete"] as const) this.changes[kind] = counts[kind] ?? 0;
    }
  }

  outcome(): Outcome {
    return { changes: this.changes, steps: this.steps };
  }

  /** The resource's own words come before the program's, and those before the stack's "update failed". */
  failure(): Failure | undefined {
    const telling = this.errors.filter(({ text }) => !words.pulumi.verdict.test(text));
    const ofResource = telling.find(({ urn }) => urn !== "" && !isOfProgram(urn));
    const first = ofResource ?? telling[0];
    return first && { kind: ofResource ? "resource" : "program", message: first.text };
  }
}

/**
 * The words that say what is wrong, first: without colours, without what Pulumi's provider says before Helm's own, and
 * without the frame of Go's lists (`2 errors occurred:\n\t* one\n\t* two` is `one; two`).
 */
export function causeIn(message: string): string {
  return message
    .replace(/<\{%.*?%\}>/g, "")
    .trim()
    .replace(/^(error|Unhandled exception):\s*/, "")
    .replace(/^[^]*failed to become available within allocated timeout\. Error: Helm Release \S+\/(\S+): /, "release $1: ")
    .replace(/\d+ errors? occurred:\s*\*\s*/g, "")
    .replace(/\s*\n\s*\*\s+/g, "; ")
    .trim();
}

/** The type of what a URN names, without those of its parents. */
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? "";
const isComponent = (urn: string) => typeOf(urn).startsWith("storefleet:");
/** The stack and the project's own components: what they complain of, the cluster has never seen. */
const isOfProgram = (urn: string) => typeOf(urn) === "pulumi:pulumi:Stack" || isComponent(urn);
/** A component's wrong arg is told by the arg's own name: say whose. */
const withComponent = (urn: string, text: string) => (isComponent(urn) ? `${nameOf(urn)}: ${text}` : text);

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
/** `kubernetes:core/v1:Secret` reads as `Secret`. */
const kindOf = (type: string) => type.slice(type.lastIndexOf(":") + 1);
