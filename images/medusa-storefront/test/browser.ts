import { JSDOM } from "jsdom";
import { createApp } from "../src/app";
import { ShopSource } from "../src/medusa/shop";
import type { FakeMedusa } from "./fake-medusa";

interface Options {
  publicUrl?: string;
  /** Age in milliseconds at which settings are asked for anew. */
  maxAge?: number;
  headers?: Record<string, string>;
  /** Milliseconds that the backend has for an answer. */
  timeout?: number;
  /** Age in milliseconds at which products are asked for anew. */
  age?: number;
}

/** A browser without scripts: it keeps cookies, follows redirects and fills in forms, as a visitor would. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** The last answer, after redirects. */
  status = 0;
  headers = new Headers();
  html = "";
  path = "/";
  document = new JSDOM().window.document;
  /** How often the process would have ended. */
  keyRefusals = 0;
  readonly app;
  private readonly origin: string;

  constructor(
    medusa: FakeMedusa,
    private readonly options: Options = {},
  ) {
    const { publicUrl = "http://shop.test", maxAge, timeout = 400, age = 0 } = options;
    this.origin = publicUrl;
    const onKeyRefused = () => (this.keyRefusals += 1);
    const shops = new ShopSource(medusa.url, "pk_one", { onKeyRefused, maxAge, limits: { read: timeout, write: timeout, age } });
    this.app = createApp(new URL(publicUrl), shops);
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const host = new URL(this.origin).host;
    const headers = { host, ...(cookie && { cookie }), ...this.options.headers, ...(init.headers as Record<string, string>) };
    const response = await this.app.request(new URL(path, this.origin).href, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
      if (/max-age=0/i.test(rest)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async open(path: string, init?: RequestInit): Promise<this> {
    const response = await this.request(path, init);
    const location = response.headers.get("location");
    if (location) return this.open(location);
    this.status = response.status;
    this.headers = response.headers;
    this.html = await response.text();
    this.path = path;
    this.document = new JSDOM(this.html).window.document;
    return this;
  }

  /** Sends the form that holds the button with this text; `values` by field name. */
  async submit(button: string, values: Record<string, string> = {}): Promise<this> {
    const [found] = [...this.document.querySelectorAll("main button")].filter((one) => one.textContent!.includes(button));
    const form = found?.closest("form");
    if (!form) throw new Error(`no form with a button "${button}" on ${this.path}: ${this.text}`);
    const window = this.document.defaultView!;
    const body = new URLSearchParams(new window.FormData(form) as never);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return this.post(form.getAttribute("action")!, body);
  }

  post(path: string, body: URLSearchParams | Record<string, string>, headers: Record<string, string> = { origin: this.origin }): Promise<this> {
    return this.open(path, { method: "POST", body: new URLSearchParams(body), headers });
  }

  /** Follows the first link with this text, those above the page's content last. */
  async follow(text: string): Promise<this> {
    const links = [...this.document.querySelectorAll("main a"), ...this.document.querySelectorAll("a")];
    const link = links.find((one) => one.textContent!.includes(text));
    if (!link) throw new Error(`no link "${text}" on ${this.path}: ${this.text}`);
    return this.open(link.getAttribute("href")!);
  }

  get text(): string {
    return this.document.querySelector("main")!.textContent!.replace(/\s+/g, " ").trim();
  }
  get heading(): string | undefined {
    return this.document.querySelector("h1")?.textContent?.trim();
  }
  get alert(): string {
    return [...this.document.querySelectorAll("[role=alert]")].map((one) => one.textContent!.trim()).join(" ");
  }
}

export const address = {
  email: "ada@example.com",
  first_name: "Ada",
  last_name: "Lovelace",
  address_1: "Main 1",
  postal_code: "10115",
  city: "Berlin",
  country_code: "de",
};
