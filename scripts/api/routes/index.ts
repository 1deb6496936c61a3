import type { Route } from "../http/route";
import { changeRoutes } from "./changes";
import { historyRoutes } from "./history";
import { listRoutes } from "./list";
import { liveRoutes } from "./live";
import { processRoutes } from "./process";
import { sessionRoutes } from "./session";
import { siteRoutes } from "./site";
import { storeRoutes } from "./stores";

/** Everything that can be asked for, in the order of its description. */
export const routes: readonly Route[] = [...storeRoutes, ...changeRoutes, ...historyRoutes, ...listRoutes, ...liveRoutes, ...sessionRoutes, ...processRoutes(() => routes), ...siteRoutes];
