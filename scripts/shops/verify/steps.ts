import { UserError } from "../../../config/errors";

/** One thing that a shop that sells is able to do. */
export interface Step {
  name: string;
  /** Tells what was seen; throws a UserError when that is not as it must be. */
  run(signal: AbortSignal): Promise<string | Skipped>;
  /** true: it takes back what earlier steps did, and is taken after a failure as well. */
  cleanup?: boolean;
}

/** Why there was nothing to do, which is no failure. */
export interface Skipped {
  skipped: string;
}

export interface StepReport {
  step: string;
  result: "passed" | "failed" | "skipped";
  seconds: number;
  detail: string;
}

/** Takes the steps up to the first that fails, or to an interruption; the others are skipped, but clean-up is always tried. */
export async function takeSteps(steps: Step[], onStep: (report: StepReport) => void, signal: AbortSignal): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  let defect: unknown;
  for (const step of steps) {
    const failed = reports.find(({ result }) => result === "failed");
    const halted = failed ? `"${failed.step}" failed` : signal.aborted ? "interrupted" : undefined;
    const started = performance.now();
    let [result, detail]: [StepReport["result"], string] = ["skipped", halted ?? ""];
    if (halted === undefined || step.cleanup) {
      try {
        const seen = await step.run(signal);
        [result, detail] = typeof seen === "string" ? ["passed", seen] : ["skipped", seen.skipped];
      } catch (error) {
        if (!(error instanceof UserError)) defect ??= error;
        const { message, hint } = error as UserError;
        [result, detail] = ["failed", hint ? `${message} — ${hint}` : message];
      }
    }
    const report = { step: step.name, result, seconds: Math.round(performance.now() - started) / 1000, detail };
    reports.push(report);
    onStep(report);
  }
  if (defect !== undefined) throw defect;
  return reports;
}
