import type { ComponentResourceOptions } from "@pulumi/pulumi";

import { Shop } from "../shared/shop";
import type { MedusaArgs } from "./args";
import { chartValues, engine, secretNames } from "./values";

export type { MedusaArgs } from "./args";
export { containerMaxFor, quotaFor } from "./quota";
export type { MedusaSizes } from "./sizes";

/** One Medusa v2 shop: generated secrets, and a Helm release of the chart beside this file. */
export class Medusa extends Shop {
  constructor(name: string, args: MedusaArgs, opts?: ComponentResourceOptions) {
    super("Medusa", name, args, opts);

    const appKeys = { "jwt-secret": this.createPassword("jwt-secret", 48), "cookie-secret": this.createPassword("cookie-secret", 48) };
    const databaseKeys = { password: this.createPassword("database-password", 32), "postgres-password": this.createPassword("postgres-password", 32) };
    this.install({
      engine,
      values: chartValues(args),
      secrets: {
        admin: { name: secretNames.admin, drawn: { password: this.createPassword("admin-password", 24) }, given: { username: args.adminEmail, email: args.adminEmail } },
        database: { name: secretNames.database, drawn: databaseKeys },
        redis: { name: secretNames.redis, drawn: { password: this.createPassword("redis-password", 32) } },
        app: { name: secretNames.app, drawn: appKeys },
      },
      adminPath: "/app",
      adminUsername: args.adminEmail,
    });
  }
}
