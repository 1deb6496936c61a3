/**
 * Pulumi's state can call a release good that Helm has as failed (a refresh forgets the failure); a receipt never does.
 * @param release `<namespace>/<name>`, where a stack has several
 */
export function requireDeployed(status: string, release?: string): string {
  if (status !== "deployed") throw new Error(`Helm does not have the release as deployed, but as "${status}"${release ? `: ${release}` : ""}`);
  return status;
}
