import type { ReactNode } from "react";
import { phaseNames, type Phase } from "./phase";

/** Each phase has a shape of its own: colour alone says nothing to many. */
const shapes: Record<Phase, ReactNode> = {
  READY: <circle cx="5" cy="5" r="4.5" />,
  PROVISIONING: <><circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" /><path d="M5 1a4 4 0 0 1 0 8z" /></>,
  FAILED: <path d="M5 .5 9.8 9.3H.2z" />,
  SUSPENDED: <path d="M2 1h2v8H2zM6 1h2v8H6z" />,
  DELETING: <path d="M5 .8 9.2 5 5 9.2.8 5z" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  NOT_CREATED: <circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />,
  LEFT_LIST: <circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />,
};

/** @param children more than the phase's name, such as the step that it is at */
export const PhaseChip = ({ phase, children, bare = false }: { phase: Phase; children?: ReactNode; bare?: boolean }) => (
  <span className={`chip ${phase} ${phase === "PROVISIONING" && !bare ? "turns" : ""} ${bare ? "label" : ""}`}>
    <svg viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">{shapes[phase]}</svg>
    <span className="cut">{children ?? phaseNames[phase]}</span>
  </span>
);
