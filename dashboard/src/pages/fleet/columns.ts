import { createColumnHelper, createSortedRowModel, rowSortingFeature, sortFn_alphanumeric, sortFn_basic, tableFeatures } from "@tanstack/react-table";
import { phases } from "../../parts/phase";
import type { Row } from "./rows";

export const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic } });

const helper = createColumnHelper<typeof features, Row>();
const basic = { sortFn: "basic", sortDescFirst: false } as const;

/** What can be sorted by. Phases go from well to gone, as the counts do. */
export const columns = helper.columns([
  helper.accessor("id", { id: "name", header: "Name", sortFn: "alphanumeric", sortDescFirst: false }),
  helper.accessor(({ phase }) => phases.indexOf(phase), { id: "phase", header: "Phase", ...basic }),
  helper.accessor(({ store }) => store.engine, { id: "engine", header: "Engine", ...basic }),
  helper.accessor(({ store }) => ["small", "medium", "large"].indexOf(store.plan ?? ""), { id: "plan", header: "Plan", ...basic }),
  helper.accessor(({ store }) => store.url, { id: "url", header: "Address", ...basic }),
  helper.accessor(({ store }) => -Date.parse(store.createdAt ?? ""), { id: "age", header: "Age", ...basic }),
  helper.accessor(({ change }) => change?.at ?? "", { id: "changed", header: "Last change", sortFn: "basic", sortDescFirst: true }),
  helper.accessor(({ store }) => store.reason ?? "\uffff", { id: "reason", header: "Reason", ...basic }),
]);
