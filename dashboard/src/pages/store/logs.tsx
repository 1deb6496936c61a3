import { useEffect, useRef, useState } from "react";
import { Button } from "../../parts/button";
import { ProblemNote } from "../../parts/problem-note";
import { Section } from "./section";
import { containersIn, textOf, type LogLine } from "./log-lines";
import { useLog } from "./use-log";

/** A store's log. It is not asked for before somebody wants it. */
export function Logs({ name }: { name: string }) {
  const [opened, setOpened] = useState(false);
  if (opened) return <Followed name={name} />;
  return <Section title="Logs" end={<Button onPress={() => setOpened(true)}>Show logs</Button>}><p className="small quiet">The last 200 lines of each container, and those that come.</p></Section>;
}

function Followed({ name }: { name: string }) {
  const [round, setRound] = useState(0);
  const { lines, state, error } = useLog(name, round);
  const [held, setHeld] = useState<readonly LogLine[]>();
  const [wraps, setWraps] = useState(true);
  const [container, setContainer] = useState<string>();
  const [copied, setCopied] = useState("");
  const place = useRef<HTMLPreElement>(null);
  const text = textOf(held ?? lines, container);
  // Whoever reads further up is left there.
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current && place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [text]);
  const containers = containersIn(lines);
  const told = held ? "paused" : { connecting: "connecting…", following: "following", ended: "ended" }[state];
  return (
    <Section
      title="Logs"
      end={
        <>
          <span className="small quiet" role="status">{copied || told}</span>
          {containers.length > 1 && (
            <select className="button" aria-label="Container" value={container ?? ""} onChange={({ target }) => setContainer(target.value || undefined)}>
              <option value="">Every container</option>
              {containers.map((it) => <option key={it}>{it}</option>)}
            </select>
          )}
          {state === "ended" ? <Button onPress={() => (setHeld(undefined), setRound(round + 1))}>Follow again</Button> : <Button onPress={() => setHeld(held ? undefined : lines)}>{held ? "Go on" : "Pause"}</Button>}
          <Button onPress={() => setWraps(!wraps)}>{wraps ? "Do not wrap" : "Wrap"}</Button>
          <Button onPress={() => void navigator.clipboard.writeText(text).then(() => "copied", () => "the browser does not let it be copied").then(setCopied)}>Copy</Button>
        </>
      }
    >
      {state === "ended" && error !== undefined && <ProblemNote error={error} />}
      {text === "" ? state !== "connecting" && <p className="small quiet">Nothing is logged yet.</p> : (
        <pre ref={place} className={`log ${wraps ? "wraps" : ""}`} tabIndex={0} role="region" aria-label="Log" onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => (atEnd.current = scrollHeight - scrollTop - clientHeight < 24)}>{text}</pre>
      )}
    </Section>
  );
}
