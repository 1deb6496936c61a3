import { Button } from "./button";
import { Dialog } from "./dialog";
import type { StoreInPhase } from "./phase";

/** Shops go away for a while, and nothing is lost. */
export const ConfirmPause = ({ rows, onClose, onConfirm }: { rows: StoreInPhase[]; onClose(): void; onConfirm(names: string[]): void }) => (
  <Dialog title={rows.length === 1 ? `Suspend ${rows[0]!.id}?` : `Suspend ${rows.length} stores?`} onClose={onClose}>
    <p>No pods run then, and shoppers get no page. Data and addresses stay.</p>
    {rows.length > 1 && <p className="small">{rows.map(({ id }) => id).join(", ")}</p>}
    <div className="acts">
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" onPress={() => onConfirm(rows.map(({ id }) => id))}>Suspend</Button>
    </div>
  </Dialog>
);
