import assert from "node:assert/strict";
import { ResourceError } from "@pulumi/pulumi";

/** Of a program that a wrong arg ends: the component that the engine names, as `Type::name`, and what it says. */
export async function wrongArgOf(program: Promise<unknown>): Promise<[component: string, message: string]> {
  const error = await program.then(() => assert.fail("nothing is wrong"), (it: unknown) => it);
  assert.ok(ResourceError.isInstance(error), `no error of a resource: ${String(error)}`);
  // With these two the engine prints the message alone.
  assert.deepEqual([error.hideStack, error.stack], [true, undefined]);
  assert.ok(error.resource && !error.message.includes("\n"));
  const { __pulumiType: type, __name: name } = error.resource as unknown as { __pulumiType: string; __name: string };
  return [`${type.split(":").at(-1)}::${name}`, error.message];
}
