import type { ComponentResourceOptions } from "@pulumi/pulumi";

import { Shop } from "../shared/shop";
import type { MedusaArgs } from "./args";
import { chartValues, engine, secretNames } from "./values";

export type { MedusaArgs } from "./args";
export { roomFor } from "./sizes";

/** One Medusa v2 shop: its Secrets, generated or from outside, and a Helm release of the chart beside this file. */
export class Medusa extends Shop {
  constructor(name: string, args: MedusaArgs, opts?: ComponentResourceOptions) {
    super("Medusa", name, args, opts, (draw) => ({
      engine,
      values: chartValues(args),
      secrets: {
        admin: { name: secretNames.admin, drawn: () => ({ password: draw("admin-password", 24) }), given: { username: args.adminEmail, email: args.adminEmail } },
        database: { name: secretNames.database, drawn: () => ({ password: draw("database-password", 32), "postgres-password": draw("postgres-password", 32) }) },
        redis: { name: secretNames.redis, drawn: () => ({ password: draw("redis-password", 32) }) },
        app: { name: secretNames.app, drawn: () => ({ "jwt-secret": draw("jwt-secret", 48), "cookie-secret": draw("cookie-secret", 48) }) },
      },
      adminPath: "/app",
      adminUsername: args.adminEmail,
    }));
  }
}
