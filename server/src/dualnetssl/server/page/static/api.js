// Requests to the server: the token of whoever signed in, problems as errors, lists that are not sent twice.
// Nothing goes through the browser's cache, so that no scan stays on this computer's disk.

import { t } from "./words.js";
const ROOT = "v1/";

/** What the server refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor(status, told) {
    super(told.detail ?? t("The server answered with status {status}.", { status }));
    Object.assign(this, { status, title: told.title ?? t("The server refused"), remedy: told.remedy ?? "" });
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

export class Api {
  #token;
  #onSignedOut;
  #lists = new Map();

  /** @param onSignedOut called with the problem when the server no longer takes the token. */
  constructor(token, onSignedOut) {
    this.#token = token;
    this.#onSignedOut = onSignedOut;
  }

  /** Send a request; throws Problem or Unreachable, and AbortError when its signal says so. */
  async send(path, { method = "GET", headers = {}, signal } = {}) {
    const own = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    const options = { method, headers: { ...own, ...headers }, signal, cache: "no-store", redirect: "error" };
    const answer = await fetch(ROOT + path, options).catch((error) => {
      throw error.name === "AbortError" ? error : new Unreachable(t("The server does not answer."));
    });
    if (answer.ok || answer.status === 304) return answer;
    const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
    if (answer.status === 401) this.#onSignedOut(problem);
    throw problem;
  }

  async get(path, signal) {
    return read(await this.send(path, { signal }));
  }

  async post(path) {
    return read(await this.send(path, { method: "POST" }));
  }

  /** Get a list; as long as nothing on the server has changed it is answered with 304 and what was kept is returned. */
  async list(path, signal) {
    const kept = this.#lists.get(path);
    const answer = await this.send(path, { signal, headers: kept ? { "If-None-Match": kept.tag } : {} });
    if (answer.status === 304) return kept.value;
    const value = await read(answer);
    this.#lists.set(path, { tag: answer.headers.get("ETag"), value });
    return value;
  }
}

async function read(answer) {
  return answer.json().catch((error) => {
    throw error.name === "AbortError" ? error : new Unreachable(t("The server's answer broke off."));
  });
}
