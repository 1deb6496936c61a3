import type { ReactNode } from "react";
import { FieldError, Input, Label, Radio, RadioGroup, Text, TextArea, TextField, type TextFieldProps } from "react-aria-components";

interface Told {
  label: string;
  hint?: ReactNode;
  /** What the server says about it. */
  wrong?: string;
}

export const Field = ({ label, hint, wrong, lines, ...props }: TextFieldProps & Told & { lines?: number }) => (
  <TextField {...props} className="field" isInvalid={wrong !== undefined} validationBehavior="aria">
    <Label>{label}</Label>
    {lines === undefined ? <Input /> : <TextArea rows={lines} />}
    {wrong === undefined ? hint && <Text slot="description" className="hint">{hint}</Text> : <FieldError className="wrong">{wrong}</FieldError>}
  </TextField>
);

/** One of a few. */
export const Choice = <T extends string>({ label, value, options, onChange, wrong }: Told & { value: T; options: readonly (readonly [value: T, label: string])[]; onChange(value: T): void }) => (
  <RadioGroup className="field" value={value} onChange={(it) => onChange(it as T)} isInvalid={wrong !== undefined} validationBehavior="aria" orientation="horizontal">
    <Label className="label">{label}</Label>
    <div className="choice">{options.map(([its, name]) => <Radio key={its} value={its}><span className="dot" aria-hidden="true" />{name}</Radio>)}</div>
    <FieldError className="wrong">{wrong}</FieldError>
  </RadioGroup>
);
