import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOf } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import type { EnvironmentReceipt } from "../fleet/environment";
import type { Outcome, Operation } from "./operation";
import { runCli } from "./run-cli";
import { operationOn, type RunContext } from "./run-context";

/** What an `up` would change, without one; in a throw-away backend where the store has no stack yet. */
export async function previewStore(context: RunContext, scratch: Scratch, spec: StoreSpec, exists: boolean, onStep: (text: string) => void): Promise<Outcome> {
  if (exists) {
    const operation: Operation = { kind: "preview", spec, ...operationOn(context, stackOf(context.session.env, spec.name)) };
    const outcome = await context.pool.run(operation, onStep, context.signal);
    if (outcome.failure?.kind !== "not-found") return outcome;
  }
  return context.pool.run(await scratch.operation(spec), onStep, context.signal);
}

/**
 * A throw-away backend for previewing stores that have no stack yet: a plan leaves nothing behind, not even an
 * empty stack. One stack in it serves every store, since its program is told which store it stands for.
 */
export class Scratch {
  private ready?: Promise<void>;
  private readonly folder = mkdtempSync(join(tmpdir(), "storefleet-plan-"));
  private readonly stack = "preview";

  constructor(
    private readonly context: RunContext,
    private readonly shared: EnvironmentReceipt,
  ) {}

  async operation(spec: StoreSpec): Promise<Operation> {
    await (this.ready ??= this.create());
    return { kind: "preview", spec, ...operationOn(this.context, this.stack), shared: this.shared, variables: this.variables };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get variables() {
    return { PULUMI_BACKEND_URL: `file://${this.folder}`, PULUMI_CONFIG_PASSPHRASE: "preview" };
  }

  private async create(): Promise<void> {
    await runCli(this.context, ["stack", "init", this.stack], "stores that do not exist yet can not be previewed", this.variables);
  }
}
