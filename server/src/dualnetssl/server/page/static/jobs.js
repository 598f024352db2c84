// All jobs, the newest first; those that run with how far they are.

import { facts, h, replace } from "./dom.js";
import { duration, ended, kindWord, moment, percent, stateWord } from "./format.js";
import { History } from "./history.js";
import { repeated } from "./patience.js";
import { t } from "./words.js";

const EVERY_MS = 2000;
const OF_SCANS = ["preparing", "predicting"];
const PHASES = { "reading the scans": t("reading the scans"), preparing: t("preparing"), training: t("training"), calibrated: t("calibrated"), predicting: t("predicting") };

export async function jobsView({ api, content, signal, title }) {
  title(t("Jobs"));
  const histories = new Map();
  const list = h("ul", { class: "cards" });
  content.replaceChildren(h("h1", {}, t("Jobs")), list);
  await repeated(async () => {
    const [jobs, datasets] = await Promise.all([api.list("jobs", signal), api.list("datasets", signal)]);
    await Promise.all(jobs.filter((job) => job.state === "running").map((job) => follow(api, job, histories, signal)));
    const names = new Map(datasets.map((dataset) => [dataset.id, dataset.name]));
    const newest = jobs.toSorted((one, other) => other.created - one.created);
    replace(list, newest.map((job) => card(job, names.get(job.dataset), histories.get(job.id))));
    if (!jobs.length) replace(list, h("li", { class: "quiet" }, t("No jobs yet. They are ordered in 3D Slicer.")));
  }, EVERY_MS, signal);
}

async function follow(api, job, histories, signal) {
  if (!histories.has(job.id)) histories.set(job.id, new History());
  const history = histories.get(job.id);
  for (;;) {
    const page = await api.get(`jobs/${job.id}/events?after=${history.last}`, signal).catch(unlessErased);
    history.add(page.events);
    if (!page.events.length || ended(page.state)) return;
  }
}

/** A job that was erased since the list was made has no more events; the next list is without it. */
function unlessErased(error) {
  if (error.status !== 404) throw error;
  return { events: [] };
}

function card(job, dataset, history) {
  const running = job.state === "running" && history;
  return h("li", { class: "card" },
    h("h2", {}, h("a", { href: `#/jobs/${encodeURIComponent(job.id)}` }, nameOf(job, dataset))),
    stateLine(job),
    running && progressOf(history),
    facts([[t("Ordered"), moment(job.created)], [t("Identifier"), job.id]]));
}

/** What a job is called. */
export const nameOf = (job, dataset) => t("{kind} of {dataset}", { kind: kindWord(job.kind), dataset: dataset ?? job.dataset });

/** The state of a job as a word with a mark. */
export function stateLine(job) {
  return h("p", {}, h("span", { class: `state ${job.state}` }, stateWord(job.state)), job.problem ? ` ${job.problem.title}` : "");
}

/** How far a job is: a bar, steps or scans, time left. */
export function progressOf(history) {
  const phase = PHASES[history.phase] ?? history.phase;
  if (history.done === null) return h("p", {}, phase || t("starting"));
  const values = { phase, step: history.step, steps: history.steps, share: percent(history.done) };
  const left = history.secondsLeft === null ? "" : t(", about {time} left", { time: duration(history.secondsLeft) });
  const words = OF_SCANS.includes(history.phase) ? t("{phase}: scan {step} of {steps} ({share})", values) : t("{phase}: step {step} of {steps} ({share})", values);
  return h("p", { class: "progress" }, h("progress", { value: history.done, max: 1, "aria-label": t("done") }), h("span", {}, words + left));
}
