import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";

import { Shop } from "../shared/shop";
import type { WooCommerceArgs } from "./args";
import { chartValues, engine, secretNames } from "./values";

export type { WooCommerceArgs } from "./args";
export { roomFor } from "./sizes";

const adminUsername = "admin";
const saltNames = ["auth", "secure-auth", "logged-in", "nonce"].flatMap((use) => [`${use}-key`, `${use}-salt`]);
const saltLength = 64;

/** One WooCommerce shop: its Secrets, generated or from outside, and a Helm release of the chart beside this file. */
export class WooCommerce extends Shop {
  constructor(name: string, args: WooCommerceArgs, opts?: ComponentResourceOptions) {
    super("WooCommerce", name, args, opts, (draw) => ({
      engine,
      values: chartValues(args),
      secrets: {
        admin: { name: secretNames.admin, drawn: () => ({ password: draw("admin-password", 24) }), given: { username: adminUsername, email: args.adminEmail } },
        database: { name: secretNames.database, drawn: () => ({ password: draw("database-password", 32), "root-password": draw("root-password", 32) }) },
        salts: { name: secretNames.salts, drawn: () => eightOf(draw("salts", saltNames.length * saltLength)) },
      },
      adminPath: "/wp-admin/",
      adminUsername: args.secrets?.admin ? undefined : adminUsername,
    }));
  }
}

/** One draw, cut into eight. */
function eightOf(random: Output<string>): Record<string, Output<string>> {
  return Object.fromEntries(saltNames.map((key, index) => [key, random.apply((it) => it.slice(index * saltLength, (index + 1) * saltLength))]));
}
