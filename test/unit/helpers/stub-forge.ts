import { json, StubApi, type Asked } from "./stub-api";

interface Text {
  id: number;
  text: string;
  /** Whether it was written with the token. */
  own: boolean;
  closed?: boolean;
  /** GitHub lists pull requests among the issues. */
  pullRequest?: boolean;
}

type Kind = "github" | "gitlab";

/** As much of GitHub's and GitLab's API as keeps notes of pull request 7 and issues, in memory. */
export class StubForge {
  readonly token = "token-that-nobody-may-see";
  notes: Text[] = [];
  issues: Text[] = [];
  /** What the next requests are refused with, one each. */
  refusals: { status: number; headers?: Record<string, string>; body?: string }[] = [];
  /** Whether it does what it was asked before it refuses. */
  hearsAndFails = false;

  private constructor(readonly kind: Kind, readonly api: StubApi) {
    api.answer = (request, response) => {
      const refusal = request.method === "GET" && this.hearsAndFails ? undefined : this.refusals.shift();
      if (refusal && this.hearsAndFails) this.reply(request);
      if (refusal) return void response.writeHead(refusal.status, refusal.headers).end(refusal.body ?? JSON.stringify({ message: "no" }));
      const { status, content } = this.reply(request);
      json(response, content, status);
    };
  }

  static async start(kind: Kind): Promise<StubForge> {
    return new StubForge(kind, await StubApi.start());
  }

  close = () => this.api.close();

  /** What the platform sets in a job about pull request 7, and the token. */
  variables(eventFile: string): Record<string, string> {
    return this.kind === "github"
      ? { GITHUB_ACTIONS: "true", GITHUB_API_URL: this.api.address, GITHUB_REPOSITORY: "acme/shops", GITHUB_EVENT_PATH: eventFile, GITHUB_TOKEN: this.token, GITHUB_SERVER_URL: "https://git.example.com", GITHUB_RUN_ID: "5", GITHUB_SHA: "f".repeat(40) }
      : { GITLAB_CI: "true", CI_API_V4_URL: this.api.address, CI_PROJECT_ID: "42", CI_MERGE_REQUEST_IID: "7", GITLAB_TOKEN: this.token, CI_JOB_URL: "https://git.example.com/jobs/5", CI_COMMIT_SHA: "c".repeat(40) };
  }

  add(texts: Text[], text: string, more: Partial<Text> = {}): Text {
    const added = { id: 1000 + texts.length, text, own: true, ...more };
    texts.push(added);
    return added;
  }

  private reply(request: Asked): { status: number; content: object } {
    const { method, url, body } = request;
    if (!request.tokens.includes(this.token)) return { status: 401, content: { message: "Bad credentials" } };
    if (this.kind === "gitlab" && url.pathname === "/user") return { status: 200, content: { id: 1 } };
    const [, board, id] = this.places.map((place) => place.exec(url.pathname)).find((found) => found) ?? [];
    if (board === undefined) return { status: 404, content: { message: "Not Found" } };
    const texts = /notes|comments/.test(board) ? this.notes : this.issues;
    const said = body ? (JSON.parse(body) as Record<string, string>) : {};
    const text = said.body ?? said.description;
    if (method === "GET") {
      const [length, page] = ["per_page", "page"].map((name) => Number(url.searchParams.get(name))) as [number, number];
      return { status: 200, content: texts.filter(({ closed }) => !closed).slice(length * (page - 1), length * page).map((it) => this.shown(it)) };
    }
    if (method === "POST" && text !== undefined && (texts === this.notes || said.title)) return { status: 201, content: this.shown(this.add(texts, text)) };
    const known = texts.find((it) => String(it.id) === id);
    if (!known || method !== (this.kind === "github" ? "PATCH" : "PUT")) return { status: 404, content: { message: "Not Found" } };
    if (text !== undefined) known.text = text;
    if (said.state === "closed" || said.state_event === "close") known.closed = true;
    return { status: 200, content: this.shown(known) };
  }

  private get places(): RegExp[] {
    return this.kind === "github"
      ? [/^\/repos\/acme\/shops\/issues\/(comments)\/(\d+)$/, /^\/repos\/acme\/shops\/issues\/7\/(comments)$/, /^\/repos\/acme\/shops\/(issues)(?:\/(\d+))?$/]
      : [/^\/projects\/42\/merge_requests\/7\/(notes)(?:\/(\d+))?$/, /^\/projects\/42\/(issues)(?:\/(\d+))?$/];
  }

  private shown({ id, text, own, pullRequest }: Text): object {
    return this.kind === "github"
      ? { id, number: id, body: text, user: { login: own ? "github-actions[bot]" : "somebody" }, html_url: `https://git.example.com/${id}`, ...(pullRequest && { pull_request: {} }) }
      : { id, iid: id, body: text, description: text, author: { id: own ? 1 : 2 }, web_url: `https://git.example.com/${id}` };
  }
}
