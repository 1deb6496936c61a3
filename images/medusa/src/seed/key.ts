import { createApiKeysWorkflow, linkSalesChannelsToApiKeyWorkflow } from "@medusajs/medusa/core-flows";

import { publishableKey, type ApiKey } from "./publishable-key";
import type { Seed } from "./seed";

const author = "storefleet";

/** The publishable key for the channel, made if there is none: with it the storefront asks for what the channel offers. */
export async function followKey({ container, find, log }: Seed, channelId: string): Promise<string> {
  const keys: ApiKey[] = await find("api_key", ["id", "token", "created_by", "created_at", "revoked_at", "sales_channels.id"], { type: "publishable" });
  const usable = publishableKey(keys, channelId);
  if (usable) return usable.token;
  log("publishable key");
  // One that was made and not tied to the channel, because the run was killed there.
  let key: { id: string; token: string } | undefined = keys.find((each) => each.created_by === author && !each.revoked_at && !each.sales_channels?.length);
  if (!key) {
    const { result } = await createApiKeysWorkflow(container).run({
      input: { api_keys: [{ title: "Storefront", type: "publishable", created_by: author }] },
    });
    key = result[0]!;
  }
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id: key.id, add: [channelId] } });
  return key.token;
}
