import { useDeferredValue, useEffect, useRef, useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Form, Label, TextArea, TextField } from "react-aria-components";
import { api, ApiError, read as readAnswer } from "../../api/client";
import { listQuery } from "../../api/queries";
import { Button } from "../../parts/button";
import { DiffView } from "../../parts/diff-view";
import { ProblemNote } from "../../parts/problem-note";
import { Bar } from "../../parts/states";
import { offsetOf } from "./words";

interface Read {
  text: string;
  etag: string;
}

/** The whole text, written in place of the one that was read, and of no other. @param onEnd told whether something was written */
export function ListEditor({ read, onEnd }: { read: Read; onEnd(written: boolean): void }) {
  const client = useQueryClient();
  const [base, setBase] = useState(read);
  const [text, setText] = useState(read.text);
  /** What it was before somebody else wrote it. */
  const [before, setBefore] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const shown = useDeferredValue(text);
  const dirty = text !== base.text;
  useEffect(() => {
    if (!dirty) return;
    const hold = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", hold);
    return () => removeEventListener("beforeunload", hold);
  }, [dirty]);
  const saving = useMutation({
    mutationFn: () =>
      readAnswer(api.PUT("/api/v1/list", { params: { header: { "If-Match": base.etag } }, body: text, bodySerializer: (it: string) => it, headers: { "Content-Type": "application/yaml" }, parseAs: "text" })),
    onSuccess({ etag = "" }) {
      client.setQueryData(listQuery.queryKey, { text, etag });
      void client.invalidateQueries({ queryKey: ["pending"] });
      onEnd(true);
    },
    async onError(error) {
      if (!(error instanceof ApiError) || error.code !== "list-changed") return;
      const theirs = await client.fetchQuery(listQuery);
      setBefore((its) => its ?? base.text);
      setBase(theirs);
    },
  });
  const problems = saving.error instanceof ApiError ? (saving.error.problem.problems ?? []) : [];
  const place = (line: number, column: number) => {
    area.current?.focus();
    const at = offsetOf(text, line, column);
    area.current?.setSelectionRange(at, at);
  };
  const clash = before !== undefined;
  return (
    <Form className="editor" onSubmit={(event) => (event.preventDefault(), dirty && !saving.isPending && saving.mutate())}>
      <TextField className="field" value={text} onChange={(it) => (setText(it), clash || saving.reset())} spellCheck="false" isInvalid={problems.length > 0} validationBehavior="aria">
        <Label>The list's text</Label>
        <TextArea ref={area} className="mono" rows={20} wrap="off" />
      </TextField>
      {clash ? (
        <>
          <Bar kind="warn"><b>Somebody else changed the list meanwhile; nothing was written.</b> Yours is kept above. What they changed:</Bar>
          <DiffView before={before} after={base.text} label="What they changed" />
        </>
      ) : saving.error && (
        <>
          <ProblemNote error={saving.error} />
          <p className="places">{problems.map(({ line, column }) => line !== undefined && column !== undefined && <Button key={`${line}:${column}`} kind="bare" onPress={() => place(line, column)}>Go to {line}:{column}</Button>)}</p>
        </>
      )}
      {dirty && <><h3>{clash ? "What saving makes of theirs" : "What saving changes"}</h3><DiffView before={base.text} after={shown} /></>}
      <div className="acts">
        <Button kind={clash ? "loss" : "main"} type="submit" isDisabled={!dirty || saving.isPending}>{clash ? "Write mine over theirs" : "Save"}</Button>
        {clash && <Button onPress={() => (setText(base.text), setBefore(undefined), saving.reset())}>Begin again from theirs</Button>}
        <Button kind="bare" onPress={() => onEnd(false)}>{dirty ? "Leave it as it was" : "Close"}</Button>
      </div>
    </Form>
  );
}
