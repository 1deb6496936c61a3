import { readFileSync } from "node:fs";
import { UserError } from "../../../config/errors";
import { variables, type VariableName } from "../../../config/variables";
import { ask, type Api, type Request } from "./api";

/** One of many texts in a place, as the API tells it. */
export type Entry = Record<string, unknown>;

/** A place where others write as well: the notes of a pull request, or the open issues. */
export interface Board {
  /** Without the page. */
  list: string;
  /** Under which keys an entry has its text and what it is named by. */
  keys: { text: string; id: string };
  add(text: string): Request;
  change(id: string, text: string): Request;
}

export interface Issues extends Board {
  close(id: string): Request;
}

/** Where a pipeline runs. */
export interface Platform {
  api: Api;
  /** Whether the entry is this token's own: what somebody else wrote, whatever stands in it, is left alone. */
  ownership(): Promise<(entry: Entry) => boolean>;
  /** Notes of the pull request that this job is about. */
  notes(): Board;
  issues(title: string): Issues;
  /** For whoever reads a note: the commit, and the job's page. */
  origin(): { commit?: string; job?: string };
}

/** The platform that this job runs on. */
export function platformHere(): Platform {
  if (variables.GITHUB_ACTIONS) return github();
  if (variables.GITLAB_CI) return gitlab();
  throw new UserError("this is no job of GitHub Actions or GitLab CI", "It is for pipelines; docs/pipelines.md has them.", "usage");
}

function required(name: VariableName, how: string): string {
  const value = variables[name];
  if (typeof value !== "string") throw new UserError(`${name} is not set`, how, "usage");
  return value;
}

function github(): Platform {
  const bySystem = "GitHub sets it in every job.";
  const api: Api = {
    name: "GitHub",
    url: required("GITHUB_API_URL", bySystem),
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      authorization: `Bearer ${required("GITHUB_TOKEN", "Give it to this step: env: { GITHUB_TOKEN: ${{ github.token }} }")}`,
    },
    right: "permissions: { pull-requests: write, issues: write } of the job",
  };
  const repository = `/repos/${required("GITHUB_REPOSITORY", bySystem)}`;
  const pullRequest = () => eventOf(required("GITHUB_EVENT_PATH", bySystem)).pull_request;
  const keys = { text: "body" };
  return {
    api,
    ownership: async () => ({ user }) => (user as { login?: string } | null)?.login === "github-actions[bot]",
    notes() {
      const number = pullRequest()?.number;
      if (!number) throw new UserError("this job is not about a pull request", "The workflow has to run `on: pull_request`.", "usage");
      const list = `${repository}/issues/${number}/comments`;
      return {
        list, keys: { ...keys, id: "id" },
        add: (body) => ({ method: "POST", path: list, body: { body } }),
        change: (id, body) => ({ method: "PATCH", path: `${repository}/issues/comments/${id}`, body: { body } }),
      };
    },
    issues(title) {
      const list = `${repository}/issues`;
      return {
        list: `${list}?state=open`, keys: { ...keys, id: "number" },
        add: (body) => ({ method: "POST", path: list, body: { title, body } }),
        change: (id, body) => ({ method: "PATCH", path: `${list}/${id}`, body: { body } }),
        close: (id) => ({ method: "PATCH", path: `${list}/${id}`, body: { state: "closed" } }),
      };
    },
    origin() {
      const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_RUN_ID: run, GITHUB_SHA } = variables;
      // Of a pull request GITHUB_SHA is a merge that nobody knows.
      return { commit: pullRequest()?.head?.sha ?? GITHUB_SHA, job: server && run ? `${server}/${name}/actions/runs/${run}` : undefined };
    },
  };
}

interface GithubEvent {
  pull_request?: { number?: number; head?: { sha?: string } };
}

function eventOf(file: string): GithubEvent {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as GithubEvent;
  } catch (error) {
    throw new UserError(`GITHUB_EVENT_PATH can not be read: ${(error as Error).message}`, undefined, "usage");
  }
}

function gitlab(): Platform {
  const bySystem = "GitLab sets it in every job.";
  const api: Api = {
    name: "GitLab",
    url: required("CI_API_V4_URL", bySystem),
    headers: { "private-token": required("GITLAB_TOKEN", "A project access token with the scope `api` and the role Reporter, as a masked variable: the job's own token may not write notes.") },
    right: "GITLAB_TOKEN needs the scope `api` and the role Reporter",
  };
  const project = `/projects/${required("CI_PROJECT_ID", bySystem)}`;
  return {
    api,
    async ownership() {
      const { id } = (await ask(api, { method: "GET", path: "/user" })) as { id: number };
      return ({ author }) => (author as { id?: number } | null)?.id === id;
    },
    notes() {
      const list = `${project}/merge_requests/${required("CI_MERGE_REQUEST_IID", "The job has to run in a pipeline of a merge request.")}/notes`;
      return {
        list, keys: { text: "body", id: "id" },
        add: (body) => ({ method: "POST", path: list, body: { body } }),
        change: (id, body) => ({ method: "PUT", path: `${list}/${id}`, body: { body } }),
      };
    },
    issues(title) {
      const list = `${project}/issues`;
      return {
        list: `${list}?state=opened`, keys: { text: "description", id: "iid" },
        add: (description) => ({ method: "POST", path: list, body: { title, description } }),
        change: (id, description) => ({ method: "PUT", path: `${list}/${id}`, body: { description } }),
        close: (id) => ({ method: "PUT", path: `${list}/${id}`, body: { state_event: "close" } }),
      };
    },
    origin: () => ({ commit: variables.CI_COMMIT_SHA, job: variables.CI_JOB_URL }),
  };
}
