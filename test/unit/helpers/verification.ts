import { verify, type Target, type Verification } from "../../../scripts/verify";
import type { StepReport } from "../../../scripts/verify/steps";
import type { FakeShop } from "./fake-shop";

export const stepNames = ["front page", "catalogue", "cart", "login", "order", "admin", "e-mail", "cancelled"];

export const targetOf = (shop: FakeShop, more: Partial<Target> = {}): Target => ({
  name: "acme",
  engine: "woocommerce",
  url: "http://acme.127.0.0.1.nip.io",
  admin: { username: "admin", password: "s3cret" },
  mail: { catcher: "http://mail.127.0.0.1.nip.io" },
  access: { ports: { http: shop.port, https: 1 }, timeout: 5000 },
  mailWait: 0,
  ...more,
});

/** The same, but a request takes no longer than so many milliseconds. */
export const impatient = (shop: FakeShop, timeout: number): Partial<Target> => ({ access: { ...targetOf(shop).access, timeout } });

export const verifyShop = (shop: FakeShop, more: Partial<Target> = {}, onStep: (report: StepReport) => void = () => {}, signal = new AbortController().signal) =>
  verify(targetOf(shop, more), onStep, signal);

export const detailOf = ({ steps }: Verification, step: string) => steps.find((it) => it.step === step)!.detail;
export const resultsOf = ({ steps }: Verification) => Object.fromEntries(steps.map(({ step, result }) => [step, result]));
export const allPassed = Object.fromEntries(stepNames.map((name) => [name, "passed"]));
