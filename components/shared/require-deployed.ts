import type { Resource } from "@pulumi/pulumi";
import { errorOf } from "./wrong-args";

/**
 * Pulumi's state can call a release good that Helm has as failed (a refresh forgets the failure); a receipt never does.
 * @param of the component that installed it
 * @param release `<namespace>/<name>`, where a stack has several
 */
export function requireDeployed(status: string, of?: Resource, release?: string): string {
  if (status !== "deployed") throw errorOf(of, `Helm does not have the release as deployed, but as "${status}"${release ? `: ${release}` : ""}`);
  return status;
}
