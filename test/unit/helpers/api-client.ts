import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020";
import type { Api, FleetApi } from "../../../scripts/api/api";
import { door } from "../../../scripts/api/http/door";
import { Denials, type Note } from "../../../scripts/api/http/denials";
import { Limit } from "../../../scripts/api/http/limits";
import { openApi } from "../../../scripts/api/http/openapi";
import { Place } from "../../../scripts/api/http/place";
import { nameOf, type Route } from "../../../scripts/api/http/route";
import { scopes, type ApiScope } from "../../../scripts/operations/token-scopes";
import type { Site, SiteFile } from "../../../scripts/api/http/site";
import { Sessions } from "../../../scripts/api/http/sessions";
import { newToken, tokensInMemory } from "../../../scripts/api/http/tokens";
import { Look } from "../../../scripts/api/live/look";
import { Streams } from "../../../scripts/api/live/streams";
import { routes } from "../../../scripts/api/routes";
import type { AuditEntry, Operation } from "../../../scripts/operations/history";
import type { PlannedStore } from "../../../scripts/operations/plan";
import type { FleetStatus, StoreStatus } from "../../../scripts/operations/status";

/** What nobody without the scope may ever see. */
export const canary = "canary-password-7f3a";

export const rowOf = (name: string, more: Partial<StoreStatus> = {}): StoreStatus => ({
  name, engine: "woocommerce", phase: "READY", url: `http://store-${name}.127.0.0.1.nip.io`, namespace: `store-${name}`, stack: `local.${name}`, createdAt: "2026-01-01T00:00:00Z", provisionSeconds: 17.5, reason: null, certificates: [], listed: true, plan: "small", protected: false, ...more,
});
export const statusOf = (stores: StoreStatus[], more: Partial<FleetStatus> = {}): FleetStatus => ({ env: "local", simulated: false, stores, listProblem: null, environmentProblem: null, isolation: "trusted", isolationProblem: null, rollout: null, ...more });
const actor = { user: "admin", person: "you", host: "laptop" };
export const operationOf = (id: string, more: Partial<Operation> = {}): Operation => ({
  id, kind: "apply", env: "local", via: "cli", actor, requestedAt: "2026-11-27T12:00:00.000Z", startedAt: "2026-11-27T12:00:00.000Z", deadline: "2026-11-27T13:00:00.000Z", state: "succeeded", stores: { acme: { action: "create", result: "created", seconds: 12 } }, ...more,
});
export const auditEntryOf = (seq: number, more: Partial<AuditEntry> = {}): AuditEntry => ({ seq, time: "2026-11-27T12:00:00.000Z", actor, via: "cli", action: "store.create", store: "acme", outcome: "succeeded", prev: "", hash: `${seq}`, ...more });

export const plannedOf = (name: string, action: PlannedStore["action"]): PlannedStore => ({ name, action, engine: "woocommerce", plan: "small", url: `http://${name}`, why: [], changes: { create: 0, update: 1, replace: 0, delete: 0 }, resources: [], looked: true });
const text = (type: string, its: string): SiteFile => ({ type, digest: its, codings: { identity: new TextEncoder().encode(its), gzip: new TextEncoder().encode("smaller") } });
const site: Site = { page: text("text/html; charset=utf-8", "<!doctype html>"), assets: new Map([["index-1a2b.js", text("text/javascript; charset=utf-8", "1")]]) };

/** A fleet of two stores, with what differs for a test. */
export interface Faked {
  stores: StoreStatus[];
  status: Partial<FleetStatus>;
  operations: Operation[];
  fleet: Partial<FleetApi>;
}

export interface Request {
  method?: string;
  path: string;
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** As it is sent, where it is not JSON. */
  raw?: BodyInit;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const description = openApi(routes) as { paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>; components: object };
const checks = new Map<string, ReturnType<typeof ajv.compile>>();

/** The check of what a route answers, by its own description; undefined where that says nothing. */
function checkOf(it: Route, key: string, type: string) {
  const name = `${nameOf(it)} ${key} ${type}`;
  const schema = description.paths[it.path]?.[it.method]?.responses[key]?.content?.[type]?.schema;
  if (schema && !checks.has(name)) checks.set(name, ajv.compile({ ...schema, components: description.components }));
  return checks.get(name);
}

/** Fails for an answer that is another than the description says. */
export function requireDescribed(it: Route, status: number, type: string, body: unknown): void {
  const key = status >= 400 && type === "application/problem+json" ? "default" : String(status);
  assert.ok(key === "default" || it.answers[status], `${nameOf(it)} does not say that it answers ${status}`);
  if (!/json/.test(type)) return;
  const check = checkOf(it, key, type);
  assert.ok(check, `${nameOf(it)} ${key}: nothing says what it answers`);
  assert.ok(check(body), `${nameOf(it)} ${key}: ${ajv.errorsText(check.errors)}`);
}

/** The API in this process, over a fleet that is made up. */
export class ApiClient {
  now = Date.UTC(2026, 10, 27, 12);
  readonly reported: string[] = [];
  /** What was entered into the audit trail of what is no change of the fleet. */
  readonly noted: string[] = [];
  readonly faked: Faked = { stores: [rowOf("acme"), rowOf("bloom", { phase: "FAILED", reason: "no image" })], status: {}, operations: [operationOf("20261127-120000-aaaa")], fleet: {} };
  /** How often the cluster was looked at. */
  looks = 0;
  readonly tokens = new Map<string, string>();
  readonly api: Api;
  private readonly enter: ReturnType<typeof door>;

  constructor(more: { routes?: readonly Route[]; hosts?: string[]; clock?: () => number } = {}) {
    const clock = more.clock ?? (() => this.now);
    const made = [...scopes.map((scope) => [scope, [scope]] as const), ["admin", scopes] as const, ["none", [] as ApiScope[]] as const].map(([name, its]) => ({ name, ...newToken(name, its, 3600_000, clock()) }));
    const expired = newToken("expired", scopes, -1, clock());
    for (const { name, text } of made) this.tokens.set(name, text);
    this.tokens.set("expired", expired.text);
    const tokens = tokensInMemory([...made.map(({ token }) => token), expired.token]);
    const look = new Look(async () => (this.looks++, statusOf(this.faked.stores, this.faked.status)), { read: async () => this.faked.operations, forget: () => {} }, clock);
    const report = (text: string) => void this.reported.push(text);
    const note: Note = async (fields, { name }) => void this.noted.push(`${fields.action} ${fields.outcome} ${name}: ${fields.reason}${fields.times ? ` (${fields.times})` : ""}`);
    this.api = {
      env: "local", fleet: this.fleet(), look, tokens, now: clock, report, streams: new Streams(look, tokens, report, clock), sessions: new Sessions(tokens, clock),
      denials: new Denials(note, report, clock), note, site, limits: { logins: new Limit(10, "failed logins", clock), writes: new Limit(60, "changes", clock), trials: new Limit(300, "dry runs", clock), credentials: new Limit(30, "readings of credentials", clock) },
    };
    this.enter = door(more.routes ?? routes, this.api, new Place(8000, more.hosts));
  }

  private fleet(): FleetApi {
    const standard: FleetApi = {
      domains: async () => [{ host: "acme.example.com", generated: true, addresses: ["192.0.2.1"], leads: "here", served: true, certificateUntil: null, problem: null }],
      events: async () => [{ time: "2026-11-27T12:00:00Z", type: "Normal", object: "Pod/a", reason: "Started", message: "started", count: 1 }],
      logs: async () => ({ logs: [{ pod: "a", container: "b", text: "hello" }], simulated: false }),
      followLogs: async (_, __, onLine) => onLine("a", "b", "hello"),
      credentials: async (name) => ({ name, url: "http://acme", username: "admin", password: canary }),
      operation: async (id) => operationOf(id),
      audit: async () => ({ entries: [1, 2, 3].map((seq) => auditEntryOf(seq)), head: { seq: 3, hash: "3" }, broken: null }),
      list: async () => ({ file: "stores.yaml", text: "stores:\n  - name: acme\n    engine: woocommerce\n", digest: "d1" }),
      entry: async (name) => (name === "acme" ? { entry: { name, engine: "woocommerce" }, digest: "e1", written: { text: "  - name: acme\n    engine: woocommerce\n", lines: [2, 3] } } : undefined),
      pending: async () => [{ name: "acme", action: "update", why: [{ cause: "entry", key: "title", from: "A", to: "B" }], reason: null }],
      tryEdit: async () => ({ file: "stores.yaml", text: "stores: []\n", digest: "d2" }),
      add: async () => operationOf("20261127-120001-aaab", { state: "queued" }),
      change: async () => operationOf("20261127-120001-aaab", { state: "queued" }),
      suspend: async () => operationOf("20261127-120001-aaab", { state: "queued" }),
      remove: async () => operationOf("20261127-120001-aaab", { kind: "destroy", state: "queued" }),
      apply: async () => operationOf("20261127-120001-aaab", { state: "queued" }),
      plan: async () => operationOf("20261127-120001-aaab", { kind: "plan", state: "queued" }),
      planOf: async () => ({ stores: [plannedOf("acme", "update"), plannedOf("gone", "delete")] }),
      applyPlan: async (plan) => operationOf("20261127-120001-aaab", { plan, state: "queued" }),
      on: async (kind) => operationOf("20261127-120001-aaab", { kind, state: "queued" }),
      cancel: async (id) => operationOf(id, { state: "stopping" }),
      replaceList: async (text) => ({ file: "stores.yaml", text, digest: "d2" }),
      metrics: async () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", text: "storefleet_list_valid 1\n" }),
    };
    return new Proxy(standard, { get: (_, name: keyof FleetApi) => this.faked.fleet[name] ?? standard[name] });
  }

  /** An answer as it is sent. @param token the name of one of the tokens, or one's text */
  fetched({ method = "GET", path, token, headers = {}, body, raw }: Request): Promise<Response> {
    const bearer = token === undefined ? {} : { authorization: `Bearer ${this.tokens.get(token) ?? token}` };
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const all = { host: "127.0.0.1:8000", ...(content !== undefined && { "content-type": "application/json" }), ...bearer, ...headers };
    const request = new Request(`http://127.0.0.1:8000${path}`, { method, headers: all, body: content ?? null, ...(content instanceof ReadableStream && { duplex: "half" }) } as RequestInit);
    return this.enter(request, { url: path, address: "127.0.0.1" });
  }

  /** The same, read, and held against its description. */
  async ask(asked: Request): Promise<{ status: number; headers: Headers; body: any; response: Response }> {
    const { method = "GET", path } = asked;
    const response = await this.fetched(asked);
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    if (type === "text/event-stream") return { status: response.status, headers: response.headers, body: undefined, response };
    const text = await response.text();
    const read: unknown = /json/.test(type) ? JSON.parse(text) : text;
    const route = routes.find((it) => it.method === method.toLowerCase() && new RegExp(`^${it.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path.split("?")[0]!));
    if (route && !route.page && response.status !== 421 && response.status !== 304) requireDescribed(route, response.status, type, read);
    return { status: response.status, headers: response.headers, body: read, response };
  }
}
