// The page: who is signed in, and which view the address asks for. Views get a signal that ends when they are left.

import { Api, Problem } from "./api.js";
import { h } from "./dom.js";
import { retried } from "./patience.js";
import { forget, keep, kept, signIn } from "./signin.js";
import { caseView } from "./case.js";
import { datasetView, datasetsView } from "./datasets.js";
import { jobView } from "./job.js";
import { jobsView } from "./jobs.js";
import { t, translated } from "./words.js";

const ROUTES = [
  [/^#\/jobs$/, jobsView],
  [/^#\/jobs\/([^/]+)$/, jobView],
  [/^#\/datasets$/, datasetsView],
  [/^#\/datasets\/([^/]+)$/, datasetView],
  [/^#\/datasets\/([^/]+)\/cases\/([^/]+)$/, caseView],
];
const START = "#/jobs";

const content = document.getElementById("content");
let session = null;
let leaving = new AbortController();

/** Leave the present view and return the signal of the next. */
function next() {
  leaving.abort();
  leaving = new AbortController();
  return leaving.signal;
}

function title(text) {
  document.title = text ? `${text} – DualNetSSL` : "DualNetSSL";
}

async function show() {
  const [found, view] = ROUTES.map(([pattern, each]) => [pattern.exec(location.hash), each]).find(([match]) => match) ?? [];
  if (!session) return;
  if (!found) return void location.replace(START);
  const signal = next();
  mark();
  content.replaceChildren(h("p", { class: "quiet" }, t("Loading …")));
  try {
    await view({ ...session, content, signal, title }, ...found.slice(1).map(decodeURIComponent));
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    content.replaceChildren(h("h1", {}, error.title ?? t("This page met an error")), h("p", { role: "alert" }, error.message));
    if (!(error instanceof Problem)) throw error;
  }
}

function mark() {
  for (const link of document.querySelectorAll("#navigation a")) {
    const here = location.hash.startsWith(link.getAttribute("href"));
    here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
}

function leave(reason) {
  session = null;
  forget();
  next();
  present(null);
  title(t("Sign in"));
  signIn(content, enter, reason);
}

/** Try a token; whoever it belongs to is shown in the head of the page. */
async function enter(token) {
  const api = new Api(token, (problem) => session && leave(problem));
  const who = await api.get("whoami");
  keep(token);
  session = { api, who, mayOrder: who.role !== "annotator" };
  present(who);
  await show();
}

function present(who) {
  for (const id of ["navigation", "account"]) document.getElementById(id).hidden = who === null;
  document.getElementById("who").textContent = who ? `${who.name} (${who.role})` : "";
}

async function begin() {
  const token = kept();
  if (token === null) return leave();
  try {
    await retried(() => enter(token));
  } catch (error) {
    leave(error);
  }
}

document.getElementById("sign-out").addEventListener("click", () => leave());
document.getElementById("skip").addEventListener("click", (event) => (event.preventDefault(), content.focus()));
window.addEventListener("hashchange", () => {
  content.focus({ preventScroll: true });
  scrollTo(0, 0);
  show();
});
translated(document);
begin();
