import type { Variables } from "../../config/variables";
import { variables } from "../../config/variables";

/** Milliseconds: it is asked beside what matters. */
const patience = 10_000;

/**
 * Whether a bucket keeps what is overwritten or deleted in it. Undefined where nobody can say: a backend of another kind, a login that is
 * not in the usual variables, or a server that does not tell.
 */
export async function keepsVersions(backend: string, login: Variables = variables): Promise<boolean | undefined> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = login;
  const url = URL.canParse(backend) ? new URL(backend) : undefined;
  if (url?.protocol !== "s3:" || !accessKeyId || !secretAccessKey) return undefined;
  const region = url.searchParams.get("region") ?? login.AWS_REGION ?? "us-east-1";
  const { AwsClient } = await import("aws4fetch");
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: "s3", retries: 0 });
  try {
    const answer = await client.fetch(addressOf(url, region), { signal: AbortSignal.timeout(patience) });
    return answer.ok ? /<Status>Enabled<\/Status>/.test(await answer.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** By path on a server that was named, as such servers want it. */
function addressOf({ host: bucket, searchParams }: URL, region: string): string {
  const endpoint = searchParams.get("endpoint");
  if (!endpoint) return `https://${bucket}.s3.${region}.amazonaws.com/?versioning`;
  return `${(endpoint.includes("://") ? endpoint : `https://${endpoint}`).replace(/\/$/, "")}/${bucket}?versioning`;
}
