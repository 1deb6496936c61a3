import { PhaseChip } from "../../parts/phase-chip";
import type { Phase } from "../../parts/phase";

/** How many of each phase; each is a filter. */
export const Counts = ({ counts, all, phase, onChoose }: { counts: [Phase, number][]; all: number; phase?: Phase; onChoose(phase?: Phase): void }) => (
  <div className="counts" role="group" aria-label="Phase">
    <button type="button" aria-pressed={phase === undefined} onClick={() => onChoose()}><b>{all}</b><span className="label">All</span></button>
    {counts.map(([its, count]) => (
      <button key={its} type="button" aria-pressed={phase === its} onClick={() => onChoose(phase === its ? undefined : its)}><b>{count}</b><PhaseChip phase={its} bare /></button>
    ))}
  </div>
);
