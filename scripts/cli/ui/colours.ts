import pc from "picocolors";
import { variables } from "../../../config/variables";

/** Colour only on a terminal, unless asked for; picocolors itself would also colour the logs of CI systems. */
function coloursFor(stream: NodeJS.WriteStream) {
  const { NO_COLOR, FORCE_COLOR, TERM } = variables;
  if (NO_COLOR) return pc.createColors(false);
  return pc.createColors(Boolean(FORCE_COLOR) || (stream.isTTY === true && TERM !== "dumb"));
}

/** For results. */
export const out = coloursFor(process.stdout);
/** For progress and errors. */
export const err = coloursFor(process.stderr);
