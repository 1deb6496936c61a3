import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

import { recordOf } from "../../seed/plan";

/** What the storefront has to know of its shop, but for the publishable key. The Ingress leads nobody here; nothing in it is secret. */
export async function GET(req: MedusaRequest, res: MedusaResponse): Promise<void> {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY);
  const { data } = await query.graph({ entity: "store", fields: ["name", "metadata"] });
  const record = recordOf(data[0]?.metadata);
  if (!record) {
    res.status(503).json({ message: "the shop is not seeded yet" });
    return;
  }
  const { currency, country, accent } = record;
  res.json({ title: data[0]!.name, currency, country, accent });
}
