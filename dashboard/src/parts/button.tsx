import { Button as AriaButton, type ButtonProps } from "react-aria-components";

/** @param kind main: what one came for. loss: something is gone afterwards. bare: beside others. */
export const Button = ({ kind = "", ...props }: ButtonProps & { kind?: "" | "main" | "loss" | "bare" | "loss main" }) => <AriaButton {...props} className={`button ${kind}`} />;
