import { useState } from "react";
import { Form } from "react-aria-components";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { phaseNames, type StoreInPhase } from "./phase";
import { span } from "./time";

const told = ({ store, phase }: StoreInPhase) => [store.url.replace(/^https?:\/\//, ""), phaseNames[phase], store.createdAt && `${span((Date.now() - Date.parse(store.createdAt)) / 1000)} old`].filter(Boolean).join(" · ");

/**
 * Before data is lost it is typed what it is about: a store's name, of several how many. Where there is nothing to lose yet, a word is enough.
 */
export function ConfirmLoss({ rows, onClose, onConfirm }: { rows: StoreInPhase[]; onClose(): void; onConfirm(names: string[]): void }) {
  const [typed, setTyped] = useState("");
  const kept = rows.filter(({ store }) => store.protected);
  const gone = rows.filter(({ store }) => !store.protected);
  const harmless = gone.every(({ phase }) => phase === "NOT_CREATED");
  const wanted = gone.length === 1 ? gone[0]!.id : String(gone.length);
  const confirmed = gone.length > 0 && (harmless || typed.trim() === wanted);
  return (
    <Dialog title={gone.length === 1 ? `Delete ${gone[0]!.id}?` : `Delete ${gone.length} stores?`} onClose={onClose} firm>
      <Form onSubmit={(event) => (event.preventDefault(), confirmed && onConfirm(gone.map(({ id }) => id)))} className="loss-form">
        <p>{harmless ? "It leaves the list; nothing runs yet." : "The entry leaves the list, and the store goes with its volumes, orders and secrets. Nobody can bring them back."}</p>
        <ul className="losses">
          {gone.map((row) => <li key={row.id}><b>{row.id}</b> <span className="small quiet">{told(row)}</span></li>)}
        </ul>
        {kept.length > 0 && <p className="small">Protected, and kept: {kept.map(({ id }) => id).join(", ")}. Take <code>protected: true</code> from the entry first.</p>}
        {!harmless && gone.length > 0 && <Field label={gone.length === 1 ? "Type its name" : `Type how many, ${wanted}`} value={typed} onChange={setTyped} autoFocus autoComplete="off" />}
        <div className="acts">
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="loss main" type="submit" isDisabled={!confirmed}>Delete</Button>
        </div>
      </Form>
    </Dialog>
  );
}
