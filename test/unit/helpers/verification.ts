import { verify, type Verification } from "../../../scripts/shops/verify";
import type { StepReport } from "../../../scripts/shops/verify/steps";
import type { ShopToVerify } from "../../../scripts/shops/verify/target";
import type { FakeSite } from "./fake-site";

export const stepNames = ["front page", "catalogue", "cart", "login", "order", "admin", "e-mail", "cancelled"];

export const targetOf = (shop: FakeSite, more: Partial<ShopToVerify> = {}): ShopToVerify => ({
  name: "acme",
  url: "http://acme.127.0.0.1.nip.io",
  ...shop.target,
  mail: { catcher: "http://mail.127.0.0.1.nip.io" },
  access: { ports: { http: shop.port, https: 1 }, timeout: 5000 },
  mailWait: 0,
  ...more,
});

/** The same, but a request takes no longer than so many milliseconds. */
export const impatient = (shop: FakeSite, timeout: number): Partial<ShopToVerify> => ({ access: { ...targetOf(shop).access, timeout } });

export const verifyShop = (shop: FakeSite, more: Partial<ShopToVerify> = {}, onStep: (report: StepReport) => void = () => {}, signal = new AbortController().signal) =>
  verify(targetOf(shop, more), onStep, signal);

export const detailOf = ({ steps }: Verification, step: string) => steps.find((it) => it.step === step)!.detail;
export const resultsOf = ({ steps }: Verification) => Object.fromEntries(steps.map(({ step, result }) => [step, result]));
export const allPassed = Object.fromEntries(stepNames.map((name) => [name, "passed"]));
