// One case: its picture in layers, what is known of it, and where the crosshair is. For reading alone.

import { classes } from "./datasets.js";
import { facts, h } from "./dom.js";
import { figure, moment, percent, share, stateWord } from "./format.js";
import { Layer, LAYERS, slider } from "./layers.js";
import { retried, unlessLeft } from "./patience.js";
import { AXES, Viewer, VIEWS } from "./viewer.js";
import { t } from "./words.js";

const OF_PREDICTION = ["segmentation", "uncertainty", "disagreement"];

export async function caseView({ api, content, signal, title }, datasetId, name) {
  title(name);
  const place = `datasets/${encodeURIComponent(datasetId)}`;
  const own = `${place}/cases/${encodeURIComponent(name)}`;
  const asked = [place, own, `${own}/predictions`, "server"].map((path) => api.get(path, signal));
  const [dataset, found, predictions, server] = await retried(() => Promise.all(asked), signal);
  const canvas = h("canvas", { class: "viewer", tabindex: "0", role: "img", "aria-label": t("Picture of {name}; the sliders below move through it", { name }) });
  const side = h("div", { class: "side" });
  content.replaceChildren(h("p", {}, h("a", { href: `#/datasets/${encodeURIComponent(dataset.id)}` }, `‹ ${dataset.name}`)),
    h("h1", {}, name), h("div", { class: "case" }, h("div", { class: "picture" }, canvas), side, about(found, dataset)));
  let controls = null;
  const viewer = await Viewer.on(canvas, (where) => controls?.follow(where));
  if (signal.aborted) return viewer.close();
  signal.addEventListener("abort", () => viewer.close(), { once: true });
  controls = new Controls({ api, viewer, labels: dataset.labels, pieceBytes: server.limits.chunk_bytes, signal }, found, predictions);
  side.append(controls.element);
  await controls.start();
}

function about(found, dataset) {
  const { size, spacing } = found.geometry;
  return h("section", { "aria-label": t("About the case") }, h("h2", {}, t("About the case")), classes(dataset.labels),
    facts([[t("State"), stateWord(found.state)], [t("Verified"), percent(found.verified_fraction)], [t("Revision"), found.revision], [t("Changed"), moment(found.updated)],
      [t("Labelled by"), found.label && found.annotator], [t("Voxels"), size.join(" × ")], [t("Spacing"), `${spacing.map((value) => figure(Number(value.toFixed(3)))).join(" × ")} mm`]]));
}

/** Everything beside the picture. */
class Controls {
  constructor(context, found, predictions) {
    Object.assign(this, { viewer: context.viewer, found, predictions });
    this.layers = Object.fromEntries(Object.keys(LAYERS).map((name) => [name, new Layer(name, { ...context, onChange: () => this.changed() })]));
    this.views = radios("view", t("View"), VIEWS, (name) => this.viewer.view(name));
    this.model = h("select", { id: "model", onchange: () => unlessLeft(this.choose(this.model.value)) },
      predictions.map((each) => h("option", { value: each.model }, `${moment(each.created)}, ${each.model}`)));
    this.cut = slider(t("3-D: cut off"), { id: "cut", value: 0, write: percent }, (share) => this.viewer.cut(share));
    this.highest = h("button", { type: "button", onclick: () => this.viewer.goToHighest("uncertainty") }, t("Go to the most uncertain voxel"));
    this.where = h("p", { class: "where", role: "status" });
    this.summary = h("div", {});
    this.window = h("div", {});
    this.moves = h("div", {});
    this.element = this.#arranged();
  }

  #arranged() {
    const model = this.predictions.length ? h("p", {}, h("label", { for: "model" }, `${t("Prediction")} `), this.model) : h("p", { class: "quiet" }, t("No model has predicted this case yet."));
    return h("div", {}, model, this.views, h("fieldset", {}, h("legend", {}, t("Place")), this.moves, this.highest, this.where),
      Object.values(this.layers).map((layer) => layer.element), this.window, this.summary);
  }

  /** Show the scan with the newest prediction, or with the label where there is none. */
  async start() {
    await this.layers.anatomy.choose(this.found.image, true);
    if (!this.viewer.has("anatomy")) return;
    this.#openWindow();
    this.sliders = AXES.map((axis, index) => slider(axis, { id: `place-${index}`, min: 0, max: this.viewer.size[index] - 1, step: 1, value: 0, write: String }, () => this.#move()));
    this.moves.append(...this.sliders.map((each) => each.element));
    this.follow(this.viewer.place());
    await this.layers.label.choose(this.found.label, !this.predictions.length);
    await this.choose(this.predictions[0]?.model ?? null);
  }

  /** Show another model's prediction. */
  async choose(model) {
    const prediction = this.predictions.find((each) => each.model === model) ?? null;
    this.summary.replaceChildren(...(prediction ? [h("h2", {}, t("What the model says")), summaryOf(prediction.summary)] : []));
    for (const name of OF_PREDICTION) {
      const shown = this.layers[name].digest === null ? name !== "disagreement" : this.layers[name].shown.checked;
      await this.layers[name].choose(prediction?.[name] ?? null, shown);
    }
  }

  changed() {
    this.highest.hidden = !this.viewer.has("uncertainty");
    if (this.viewer.has("anatomy")) this.follow(this.viewer.place());
  }

  /** Tell where the crosshair is, and what each layer says there. */
  follow({ voxel, mm, values }) {
    this.sliders?.forEach((each, index) => each.set(Math.round(voxel[index])));
    const told = [...values].map(([name, value]) => `${LAYERS[name].title.toLowerCase()} ${LAYERS[name].threshold === undefined ? figure(value) : share(value)}`);
    const patient = [["L", "R"], ["P", "A"], ["I", "S"]].map(([less, more], axis) => `${mm[axis] >= 0 ? more : less} ${Math.abs(mm[axis]).toFixed(1)}`);
    this.where.textContent = `${patient.join(", ")} mm: ${told.join(", ")}`;
  }

  #move() {
    this.viewer.go(this.sliders.map((each) => each.value));
  }

  #openWindow() {
    const { low, high, black, white } = this.viewer.window;
    const change = () => (this.viewer.window = { black: dark.value, white: Math.max(bright.value, dark.value + (high - low) / 1000) });
    const choices = { min: low, max: high, step: (high - low) / 500 || 1, write: figure };
    const dark = slider(t("Black"), { ...choices, id: "black", value: black }, change);
    const bright = slider(t("White"), { ...choices, id: "white", value: white }, change);
    this.window.append(h("fieldset", {}, h("legend", {}, t("Picture")), dark.element, bright.element, this.cut.element));
  }
}

function radios(name, title, choices, onChoose) {
  const buttons = Object.entries(choices).map(([value, text], index) => {
    const button = h("input", { type: "radio", name, id: `${name}-${value}`, value, checked: index === 0, onchange: () => onChoose(value) });
    return h("span", { class: "choice" }, button, h("label", { for: button.id }, text));
  });
  return h("fieldset", { class: "choices" }, h("legend", {}, title), buttons);
}

function summaryOf(summary) {
  const volumes = Object.entries(summary.volume_ml ?? {}).map(([name, value]) => [t("Volume of {name}", { name }), `${figure(value)} ml`]);
  const expected = summary.expected_error_ml ?? null;
  return facts([[t("Predicted Dice"), share(summary.predicted_dice)], [t("Uncertainty in organs"), share(summary.foreground_uncertainty)],
    [t("Expected to be wrong"), expected === null ? null : `${figure(expected)} ml`], ...volumes]);
}
