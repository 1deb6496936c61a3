import { setPreference, usePreferences } from "../look/preferences";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Choice } from "../parts/field";

const keys: [keys: string[], does: string][] = [
  [["/"], "search"], [["↑", "↓"], "or j, k: from store to store"], [["Enter"], "open"], [["x"], "select"], [["c"], "new store"],
  [["g", "f"], "fleet"], [["g", "c"], "changes"], [["g", "o"], "operations"], [["g", "a"], "audit"], [["?"], "this"], [["Esc"], "close, or select nothing"],
];

export function Help({ onClose }: { onClose(): void }) {
  const { theme, rows, keys: on } = usePreferences();
  return (
    <Dialog title="Help and appearance" onClose={onClose}>
      <Choice label="Theme" value={theme} options={[["system", "As the system"], ["light", "Light"], ["dark", "Dark"]]} onChange={(it) => setPreference("theme", it)} />
      <Choice label="Rows" value={rows} options={[["compact", "Compact"], ["high", "High"]]} onChange={(it) => setPreference("rows", it)} />
      <Choice label="Single keys" value={on} options={[["on", "On"], ["off", "Off"]]} onChange={(it) => setPreference("keys", it)} />
      <dl className="keys">
        {keys.map(([its, does]) => [<dt key={does}>{its.map((it) => <kbd key={it}>{it}</kbd>)}</dt>, <dd key={`${does} `}>{does}</dd>])}
      </dl>
      <p className="small"><a href="/docs">The REST API</a> does everything that is done here.</p>
      <div className="acts"><Button onPress={onClose}>Close</Button></div>
    </Dialog>
  );
}
