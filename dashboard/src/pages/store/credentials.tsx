import { useEffect } from "react";
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { Button } from "../../parts/button";
import { ProblemNote } from "../../parts/problem-note";
import { Section } from "./section";

/** Milliseconds that a password is to be seen. */
const shownFor = 30_000;

/** The administrator of a shop. Nothing is read before somebody asks for it, since each reading is recorded; and nothing of it is kept. */
export function Credentials({ name }: { name: string }) {
  const reading = useMutation({ mutationFn: () => ask(api.GET("/api/v1/stores/{id}/admin-credentials", { params: { path: { id: name } } })), gcTime: 0 });
  const copying = useMutation({
    async mutationFn() {
      const { password = "" } = await ask(api.GET("/api/v1/stores/{id}/admin-credentials", { params: { path: { id: name } } }));
      await navigator.clipboard.writeText(password).catch(() => {
        throw new Error("The browser does not let it be copied. It can be revealed, and copied by hand.");
      });
    },
    gcTime: 0,
  });
  const { data: shown, reset } = reading;
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(reset, shownFor);
    return () => clearTimeout(timer);
  }, [shown, reset]);
  const error = reading.error ?? copying.error;
  const [busy, told] = [reading.isPending || copying.isPending, copying.isSuccess ? "Copied." : shown ? "Hidden again after 30 s." : "Each reading is recorded."];
  return (
    <Section title="Credentials">
      <dl className="facts">
        <dt>User</dt>
        <dd className="whole">{shown?.username ? <code>{shown.username}</code> : <Dots />}</dd>
        <dt>Password</dt>
        <dd className="whole">{shown?.password ? <code className="secret">{shown.password}</code> : <Dots />}</dd>
        {shown?.adminUrl && <><dt>Administration</dt><dd className="whole"><a href={shown.adminUrl} target="_blank" rel="noopener noreferrer">{shown.adminUrl}</a></dd></>}
      </dl>
      {error && <ProblemNote error={error} />}
      <div className="acts">
        {shown ? <Button onPress={reset}>Hide</Button> : <Button isDisabled={busy} onPress={() => (copying.reset(), reading.mutate())}>Reveal</Button>}
        <Button isDisabled={busy} onPress={() => copying.mutate()}>Copy password</Button>
        <span className="small quiet" role="status">{told}</span>
      </div>
    </Section>
  );
}

const Dots = () => <><span aria-hidden="true" className="dots">••••••••••</span><span className="aloud">hidden</span></>;
