import { useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Form } from "react-aria-components";
import { ApiError } from "../api/client";
import { signIn } from "../api/session";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { Mark } from "../parts/mark";

/** @param refused why the token in the address did not count */
export function SignIn({ refused }: { refused?: unknown }) {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const entering = useMutation({ mutationFn: () => signIn(token, client) });
  const error = entering.error ?? (entering.isIdle ? refused : undefined);
  return (
    <main>
      <Form className="sign-in" onSubmit={(event) => (event.preventDefault(), entering.mutate())}>
        <Mark />
        <h1>Sign in</h1>
        <Field label="Token" type="password" autoFocus autoComplete="off" value={token} onChange={setToken}
          hint={<>The link that <code>stores serve</code> prints signs you in by itself. Others get one by <code>stores token create</code>.</>}
          wrong={error instanceof ApiError ? error.message : error ? String(error) : undefined} />
        <div><Button kind="main" type="submit" isDisabled={token.trim() === "" || entering.isPending}>Sign in</Button></div>
      </Form>
    </main>
  );
}
