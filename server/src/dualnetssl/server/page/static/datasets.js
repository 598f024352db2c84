// Data sets, and the cases of one: by name, or in the order of the worklist.

import { facts, h, replace, swatch } from "./dom.js";
import { figure, moment, percent, share, stateWord } from "./format.js";
import { repeated, retried, unlessLeft } from "./patience.js";
import { Pictures } from "./pictures.js";
import { t } from "./words.js";

const EVERY_MS = 5000;
const PAGE = 100;
const ORDERS = { "": t("name"), benefit: t("expected gain of labelling"), uncertainty: t("mean uncertainty") };

export async function datasetsView({ api, content, signal, title }) {
  title(t("Data sets"));
  const list = h("ul", { class: "cards" });
  content.replaceChildren(h("h1", {}, t("Data sets")), list);
  await repeated(async () => {
    const datasets = await api.list("datasets", signal);
    replace(list, datasets.length ? datasets.map(card) : h("li", { class: "quiet" }, t("No data sets yet. They are made in 3D Slicer.")));
  }, EVERY_MS, signal);
}

function card(dataset) {
  return h("li", { class: "card" },
    h("h2", {}, h("a", { href: `#/datasets/${encodeURIComponent(dataset.id)}` }, dataset.name)),
    classes(dataset.labels),
    facts([[t("Cases"), dataset.case_count], [t("Made"), moment(dataset.created)]]));
}

/** The classes of a label set with their colours. */
export function classes(labels) {
  return h("ul", { class: "legend" }, labels.map((label) => h("li", {}, swatch(label.colour), ` ${label.name}`)));
}

export async function datasetView({ api, content, signal, title }, id) {
  const dataset = await retried(() => api.get(`datasets/${encodeURIComponent(id)}`, signal), signal);
  title(dataset.name);
  const order = h("select", { id: "order" }, Object.entries(ORDERS).map(([value, text]) => h("option", { value }, text)));
  const more = h("button", { type: "button", hidden: true }, t("Show {count} more", { count: PAGE }));
  const body = h("tbody", {});
  const note = h("p", { class: "quiet", role: "status" });
  const view = { limit: PAGE, order: "" };
  const pictures = new Pictures(api, `datasets/${encodeURIComponent(dataset.id)}/cases`, signal);
  const refresh = async () => {
    const entries = await listed(api, dataset.id, view, signal);
    more.hidden = entries.length < view.limit;
    replace(body, entries.map((entry) => row(dataset, entry, pictures)));
    pictures.watch(body);
    note.textContent = noteOf(view, entries);
  };
  const change = (fields) => unlessLeft((Object.assign(view, fields), retried(refresh, signal)));
  order.addEventListener("change", () => change({ order: order.value, limit: PAGE }));
  more.addEventListener("click", () => change({ limit: view.limit + PAGE }));
  content.replaceChildren(h("h1", {}, dataset.name), classes(dataset.labels),
    h("p", {}, h("label", { for: "order" }, `${t("Order by")} `), order), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("Cases") }, h("table", {}, HEAD.cloneNode(true), body)), note, more);
  await repeated(refresh, EVERY_MS, signal);
}

const HEAD = h("thead", {}, h("tr", {}, ["", t("Case"), t("State"), t("Verified"), t("Predicted Dice"), t("Expected gain"), t("Mean uncertainty"), t("Changed")].map((name) => (name ? h("th", { scope: "col" }, name) : h("td", {})))));

function noteOf({ order }, entries) {
  if (!entries.length) return order ? t("Every case is verified.") : t("No cases yet.");
  return order ? t("Cases that are not wholly verified.") : "";
}

/** Cases with what the worklist knows of them; those that are wholly verified are not in it. */
async function listed(api, dataset, { order, limit }, signal) {
  const path = `datasets/${encodeURIComponent(dataset)}`;
  const [cases, worklist] = await Promise.all([api.list(`${path}/cases`, signal), api.list(`${path}/worklist?order=${order || "name"}`, signal)]);
  const known = new Map(cases.map((each) => [each.case, each]));
  const expected = new Map(worklist.map((entry) => [entry.case, entry]));
  const names = order ? worklist.map((entry) => entry.case) : [...known.keys()];
  return names.filter((name) => known.has(name)).slice(0, limit).map((name) => ({ ...known.get(name), ...expected.get(name) }));
}

function row(dataset, entry, pictures) {
  const address = `#/datasets/${encodeURIComponent(dataset.id)}/cases/${encodeURIComponent(entry.case)}`;
  const gain = entry.benefit_ml === null || entry.benefit_ml === undefined ? "–" : `${figure(entry.benefit_ml)} ml`;
  return h("tr", {}, pictures.cell(entry), h("th", { scope: "row" }, h("a", { href: address }, entry.case)),
    h("td", {}, h("span", { class: `state ${entry.state}` }, stateWord(entry.state))), h("td", {}, percent(entry.verified_fraction)),
    h("td", {}, share(entry.predicted_dice)), h("td", {}, gain), h("td", {}, figure(entry.score)), h("td", {}, moment(entry.updated)));
}
