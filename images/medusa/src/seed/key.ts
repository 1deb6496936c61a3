import { createApiKeysWorkflow, linkSalesChannelsToApiKeyWorkflow } from "@medusajs/medusa/core-flows";

import { publishableKey, type ApiKey } from "../shop/publishable-key";
import type { Seed } from "./seed";

const author = "storefleet";

/** There is a publishable key for the channel: with it the storefront asks for what the channel offers. */
export async function followKey({ container, find, log }: Seed, channelId: string): Promise<void> {
  const keys: ApiKey[] = await find("api_key", ["id", "token", "created_by", "created_at", "revoked_at", "sales_channels.id"], { type: "publishable" });
  if (publishableKey(keys, channelId)) return;
  log("publishable key");
  // One that was made and not tied to the channel, because the run was killed there.
  let id = keys.find((key) => key.created_by === author && !key.revoked_at && !key.sales_channels?.length)?.id;
  if (id === undefined) {
    const { result } = await createApiKeysWorkflow(container).run({
      input: { api_keys: [{ title: "Storefront", type: "publishable", created_by: author }] },
    });
    id = result[0]!.id;
  }
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id, add: [channelId] } });
}
