import { z } from "zod";
import type { Api } from "../api";
import type { Caller } from "./caller";
import type { ApiScope } from "../../operations/token-scopes";

/** A body that is not JSON. */
export interface Typed<S extends z.ZodType = z.ZodType> {
  type: string;
  schema: S;
}
type Answer = z.ZodType | Typed;
type BodyOf<A extends Answer> = A extends z.ZodType ? z.input<A> : A extends { type: typeof eventStream } ? ReadableStream<Uint8Array> : A extends Typed<infer S> ? z.input<S> : never;

export const eventStream = "text/event-stream";
/** Server-sent events, of which each has such data. */
export const eventsOf = <S extends z.ZodType>(schema: S) => ({ type: eventStream, schema }) as const;

/** Of an answer without a body. */
export const nothing = z.undefined();

/** What a handler answers: of the statuses that its route has, each with its body. */
export type Reply<A extends Record<number, Answer> = Record<number, Answer>> = {
  [Status in keyof A & number]: {
    status: Status;
    body: BodyOf<A[Status]>;
    headers?: Record<string, string>;
    /** Of the body, as an ETag has it without its quotes; who asks with it in If-None-Match gets a 304. */
    tag?: string;
    /** The body as JSON, where that was made already. */
    text?: string;
  };
}[keyof A & number];

/** An answer of a handler: a status that its route has, and the body that belongs to it. */
export const reply = <const Status extends number, Body>(status: Status, body: Body, more: { headers?: Record<string, string>; tag?: string; text?: string } = {}) => ({ status, body, ...more });

/** A request, authorised, with all that its route says it has. */
export interface Asked<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  caller: Caller;
  /** Where it was asked for, such as `http://127.0.0.1:8000`. */
  origin: string;
  header(name: string): string | undefined;
  /** Aborted when whoever asked has gone. */
  signal: AbortSignal;
}

/** One thing that can be asked for. From this come its registration, authorisation, validation and description. */
export interface RouteOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends Record<number, Answer>> {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Parameters in braces: `/api/v1/stores/{id}`. */
  path: `/${string}`;
  /** What its token has to have; `any`: some token; `none`: for everybody. */
  scope: ApiScope | "any" | "none";
  summary: string;
  /** It is for the dashboard's eyes: the API's description leaves it out. */
  page?: true;
  /** More than a line about it. */
  description?: string;
  params?: P;
  query?: Q;
  /** JSON unless it says otherwise. */
  body?: B | Typed<B>;
  /** Bytes. @default 1 MiB */
  bodyLimit?: number;
  /** Headers that it heeds. */
  heeds?: ("If-Match" | "If-None-Match" | "Idempotency-Key")[];
  answers: A;
  handler(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>, api: Api): Promise<Reply<A>> | Reply<A>;
}

/** One of many. */
export type Route = Omit<RouteOf<z.ZodType, z.ZodType, z.ZodType, Record<number, Answer>>, "handler"> & {
  handler(asked: Asked<unknown, unknown, unknown>, api: Api): Promise<Reply> | Reply;
};

/** Checks a route's types against each other, and makes it one of many. */
export const route = <A extends Record<number, Answer>, P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(it: RouteOf<P, Q, B, A>): Route => it as unknown as Route;

export const typed = (answer: Answer): Typed => ("schema" in answer && "type" in answer && typeof answer.type === "string" && !(answer instanceof z.ZodType) ? answer : { type: "application/json", schema: answer as z.ZodType });

/** `GET /api/v1/stores` */
export const nameOf = ({ method, path }: Pick<Route, "method" | "path">) => `${method.toUpperCase()} ${path}`;
