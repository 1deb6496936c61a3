import { useState, type ReactNode } from "react";
import { Button } from "../../parts/button";

const most = 50;

/** The first of many, and the rest for who wants it: a page of a thousand rows is of no use to anybody. */
export function Few<T>({ of, children }: { of: readonly T[]; children(it: T): ReactNode }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <ul className="ledger">{(all ? of : of.slice(0, most)).map(children)}</ul>
      {!all && of.length > most && <Button kind="bare" onPress={() => setAll(true)}>Show {of.length - most} more</Button>}
    </>
  );
}
