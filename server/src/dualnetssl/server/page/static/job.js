// One job: curves that grow, time left, warnings; stop and resume for those who may.

import { chart } from "./chart.js";
import { facts, h, replace } from "./dom.js";
import { bytes, ended, moment } from "./format.js";
import { History } from "./history.js";
import { nameOf, progressOf, stateLine } from "./jobs.js";
import { pause, retried } from "./patience.js";
import { t } from "./words.js";

const WAIT_SECONDS = 20;
const LOOK_AGAIN_MS = 2000;

export async function jobView({ api, content, signal, title, mayOrder }, id) {
  const [job, datasets] = await retried(() => Promise.all([api.get(`jobs/${encodeURIComponent(id)}`, signal), api.list("datasets", signal)]), signal);
  const dataset = datasets.find((each) => each.id === job.dataset);
  const name = nameOf(job, dataset?.name);
  title(name);
  const parts = { state: h("div", {}), actions: h("div", { class: "actions" }), curves: h("div", { class: "charts" }), told: h("div", {}) };
  const about = dataset ? h("a", { href: `#/datasets/${encodeURIComponent(dataset.id)}` }, dataset.name) : null;
  content.replaceChildren(h("h1", {}, name), parts.state, parts.actions, parts.curves, parts.told, h("h2", {}, t("Order")),
    facts([[t("Data set"), about], [t("Ordered"), moment(job.created)], [t("Identifier"), job.id], [t("Started from"), job.model], [t("Configuration"), settings(job.config)]]));
  const buttons = mayOrder ? new Buttons(api, parts.actions) : null;
  if (!mayOrder) parts.actions.append(h("p", { class: "quiet" }, t("Stopping and resuming need the role trainer.")));
  await follow(api, job, signal, (present, history) => draw(parts, buttons, present, history));
}

/** Ask for what is new for as long as the view is open: a job that ended may be resumed by somebody else. */
async function follow(api, job, signal, show) {
  const history = new History();
  for (let present = job; ; ) {
    const page = await retried(() => api.get(`jobs/${job.id}/events?after=${history.last}&wait=${WAIT_SECONDS}`, signal), signal);
    history.add(page.events);
    if (page.state !== present.state || ended(page.state)) present = await retried(() => api.get(`jobs/${job.id}`, signal), signal);
    show(present, history);
    if (ended(page.state) && !page.events.length) await pause(LOOK_AGAIN_MS, signal);
  }
}

function draw(parts, buttons, job, history) {
  replace(parts.state, stateLine(job), job.state === "running" && progressOf(history), problem(job));
  buttons?.show(job);
  replace(parts.curves, charts(history));
  const data = history.data;
  replace(parts.told,
    facts([[t("Device"), history.device || null], [t("Scans"), data?.cases ?? null], [t("Labelled"), data?.labelled ?? null],
      [t("Kept out for validation"), data?.held_out?.length || null], [t("Memory"), history.memoryBytes ? bytes(history.memoryBytes) : null],
      [t("Attempts"), job.attempt > 1 ? job.attempt : null], [t("Model"), job.result_model]]),
    history.warnings.length > 0 && [h("h2", {}, t("Warnings")), h("ul", {}, history.warnings.map((text) => h("li", {}, text)))]);
}

function charts(history) {
  const points = (curves) => new Map([...curves].map(([name, curve]) => [name, curve.points]));
  const last = history.trainingSteps;
  return [
    chart(t("Dice of scans kept out"), points(history.validationDice), { top: 1, last }),
    chart(t("Dice of labelled training patches"), points(history.patchDice), { top: 1, last }),
    chart(t("Terms of the loss, mean of both networks"), points(history.losses), { last }),
  ];
}

function problem(job) {
  if (!job.problem) return null;
  return h("div", { class: "problem" }, h("p", {}, job.problem.detail));
}

function settings(config) {
  const told = Object.entries(config).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return told.length ? told.join(", ") : t("as preset");
}

/** Stop, after a question, and resume. */
class Buttons {
  constructor(api, place) {
    this.api = api;
    this.alert = h("p", { role: "alert", class: "problem" });
    this.stop = h("button", { type: "button", onclick: () => this.question.showModal() }, t("Stop …"));
    this.resume = h("button", { type: "button", onclick: () => this.#order("resume") }, t("Resume"));
    const answer = (text, act) => h("button", { type: "button", onclick: () => (this.question.close(), act?.()) }, text);
    this.words = h("p", {});
    this.question = h("dialog", { "aria-label": t("Stop this job?") }, h("h2", {}, t("Stop this job?")), this.words,
      h("p", { class: "actions" }, answer(t("Stop it"), () => this.#order("cancel")), answer(t("Let it run"))));
    place.append(this.stop, this.resume, this.question, this.alert);
  }

  show(job) {
    this.job = job;
    this.stop.hidden = ended(job.state);
    this.resume.hidden = !["failed", "cancelled"].includes(job.state);
    this.words.textContent = job.kind === "train"
      ? t("It ends after its present step. What it has learnt stays as a model, and it can be resumed.")
      : t("It ends after the scan at hand, and it can be resumed.");
  }

  async #order(what) {
    this.alert.textContent = "";
    this.stop.disabled = this.resume.disabled = true;
    try {
      this.show(await this.api.post(`jobs/${this.job.id}/${what}`));
      if (what === "cancel" && !ended(this.job.state)) this.alert.textContent = t("It was told to stop, and does so after its present step.");
    } catch (error) {
      this.alert.textContent = error.message;
    } finally {
      this.stop.disabled = this.resume.disabled = false;
    }
  }
}
