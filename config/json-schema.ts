import { z } from "zod";
import { listSchema } from "./spec";

/** JSON Schema of a stores list, for editors; `config/stores.schema.json` is a copy of it. */
export function listJsonSchema(): object {
  return { ...z.toJSONSchema(listSchema, { io: "input" }), title: "Storefleet stores list" };
}

/** The text of `config/stores.schema.json` and of `stores schema`. */
export const listJsonSchemaText = () => `${JSON.stringify(listJsonSchema(), null, 2)}\n`;
