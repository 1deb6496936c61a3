import { diff } from "./diff";

const signs = { same: " ", added: "+", removed: "−" };
const words = { same: "", added: "added: ", removed: "removed: " };

/** What is written into the list, exactly. @param label where a page has several */
export function DiffView({ before, after, label = "Difference" }: { before: string; after: string; label?: string }) {
  const found = diff(before, after);
  if (found.length === 0) return <p className="small quiet">Nothing changes.</p>;
  return (
    <div className="diff mono" role="region" aria-label={label} tabIndex={0}>
      {found.flat().map(({ kind, number, text }) => (
        <div key={`${kind} ${number}`} className={kind}>
          <span className="number" aria-hidden="true">{number} {signs[kind]}</span>
          <span><span className="aloud">{words[kind]}</span>{text}</span>
        </div>
      ))}
    </div>
  );
}
