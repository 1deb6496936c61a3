import { RunError } from "@pulumi/pulumi";
import { UserError } from "../config/errors";

/** An error that Pulumi prints as it is: without a stack, which it would colour first, for half a minute with some versions of Node. */
export const plainError = (message: string): Error => Object.assign(new RunError(message), { stack: undefined });

/** Runs a program; what it says to people is printed as the script prints it. */
export async function plainly<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw plainError([error.message, error.hint].filter(Boolean).join("\n"));
  }
}
