import { Module } from "@medusajs/framework/utils";
import * as start from "@medusajs/medusa/commands/start";

import { onlyHttps } from "./redirect";

/** Holds nothing: its loader puts the redirect before all that the server answers, its own pages and refusals included. */
class OnlyHttps {}

const install = async () => {
  // Meant for tracing, and the one place before Medusa's own routes.
  (start as { traceRequestHandler?: unknown }).traceRequestHandler = onlyHttps(process.env.MEDUSA_BACKEND_URL ?? "");
};

export default Module("onlyHttps", { service: OnlyHttps, loaders: [install] });
