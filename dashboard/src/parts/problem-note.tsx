import { ApiError } from "../api/client";
import type { Finding } from "../api/types";
import { Button } from "./button";

const place = ({ file, line, column, path }: Finding) => (file ? `${file}:${line}:${column}` : path.join("."));

/** What went wrong, all of it, where it went wrong; to be read and copied for as long as it takes. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { detail, hint, problems = [], request } = error instanceof ApiError ? error.problem : { detail: String(error) };
  return (
    <div className="problem" role="alert">
      <p><b>{detail}</b></p>
      {problems.length > 0 && <ul className="small">{problems.map((it) => <li key={`${place(it)} ${it.message}`}><code>{place(it)}</code> {it.message}{it.repair && <> — {it.repair}</>}</li>)}</ul>}
      {hint && <p className="small">{hint}</p>}
      {request && <p className="small quiet">Request <code>{request}</code></p>}
      {onRetry && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}
