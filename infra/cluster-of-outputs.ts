import { StackReference, getOrganization, getProject } from "@pulumi/pulumi";
import type { EnvironmentName } from "../config/names";

/** The cluster that the environment's stack was last brought up on, from its own former outputs. */
export async function describedCluster(env: EnvironmentName): Promise<string | undefined> {
  const stack = new StackReference(`${getOrganization()}/${getProject()}/${env}`);
  return (await stack.getOutputDetails("cluster")).value as string | undefined;
}
