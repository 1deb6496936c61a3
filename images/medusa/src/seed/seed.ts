import type { MedusaContainer } from "@medusajs/framework/types";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

import type { ShopList } from "./list";

/** What every step works with. A step looks first and changes only what differs, so it may be killed and run again. */
export interface Seed {
  container: MedusaContainer;
  list: ShopList;
  /** All entities of a kind that match, with these fields and nothing else. */
  find: (entity: string, fields: string[], filters?: Record<string, unknown>) => Promise<any[]>;
  /** A line for the log: what is being changed. Steps that change nothing are silent. */
  log: (line: string) => void;
}

export function seedOf(container: MedusaContainer, list: ShopList): Seed {
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER);
  return {
    container,
    list,
    find: async (entity, fields, filters) => (await query.graph({ entity, fields, filters })).data,
    log: (line) => logger.info(`seed: ${line}`),
  };
}
