import { renameSync, writeFileSync } from "node:fs";

export interface ApiKey {
  id: string;
  token: string;
  created_by: string | null;
  created_at: string | Date;
  revoked_at: string | Date | null;
  sales_channels?: ({ id: string } | null)[];
}

/** The key that the storefront uses: the oldest one of the channel that is not revoked. */
export function publishableKey(keys: readonly ApiKey[], channelId: string): ApiKey | undefined {
  return [...keys]
    .sort((a, b) => new Date(a.created_at).getTime() - new Date(b.created_at).getTime())
    .find((key) => !key.revoked_at && key.sales_channels?.some((channel) => channel?.id === channelId));
}

/** The key for whoever hands it on to the storefront: there whole, or not at all. */
export function writeKey(file: string, token: string): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, token);
  renameSync(partial, file);
}
