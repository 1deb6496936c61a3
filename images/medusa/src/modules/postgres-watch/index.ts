import { Module } from "@medusajs/framework/utils";

import { watchPool } from "./watch";

/** Holds nothing: Medusa runs a module's loaders when it starts, in server and worker alike, and that is all it is for. */
class PostgresWatch {}

export default Module("postgresWatch", { service: PostgresWatch, loaders: [watchPool] });
