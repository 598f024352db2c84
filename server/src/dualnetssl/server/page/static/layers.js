// The layers of a case: which volume each is, and the controls that show, fade and cut it off.

import { h } from "./dom.js";
import { bytes, percent } from "./format.js";
import { download } from "./download.js";
import { unlessLeft } from "./patience.js";
import { t } from "./words.js";

export const LAYERS = {
  anatomy: { title: t("Scan"), opacity: 1 },
  label: { title: t("Label"), opacity: 0.5 },
  segmentation: { title: t("Segmentation"), opacity: 0.5 },
  uncertainty: { title: t("Uncertainty"), opacity: 0.7, threshold: 0.3 },
  disagreement: { title: t("Disagreement"), opacity: 0.7, threshold: 0.3 },
};

/** One layer: a volume that is fetched when it is first shown. */
export class Layer {
  #fetched = null;

  /** @param context {api, viewer, labels, pieceBytes, signal, onChange} of the case. */
  constructor(name, context) {
    Object.assign(this, { name, context, digest: null });
    const { title, opacity, threshold } = LAYERS[name];
    this.shown = h("input", { type: "checkbox", id: `show-${name}`, onchange: () => unlessLeft(this.update()) });
    this.opacity = slider(t("Opacity"), { id: `opacity-${name}`, value: opacity }, () => this.#fade());
    this.threshold = threshold === undefined ? null : slider(t("Threshold"), { id: `threshold-${name}`, value: threshold }, () => this.#cutOff());
    this.bar = h("progress", { max: 1, hidden: true, "aria-label": t("{name} is coming", { name: title }) });
    this.note = h("span", { class: "quiet", role: "status" });
    this.element = h("fieldset", { class: "layer" }, h("legend", {}, this.shown, h("label", { for: this.shown.id }, ` ${title}`), threshold === undefined ? null : h("span", { class: `map ${name}`, "aria-hidden": "true" })),
      this.opacity.element, this.threshold?.element, this.bar, this.note);
  }

  /** Choose the volume that this layer shows, or none. */
  async choose(digest, shown) {
    if (digest !== this.digest) this.context.viewer.remove(this.name);
    this.#fetched = digest === this.digest ? this.#fetched : null;
    this.digest = digest;
    this.element.hidden = digest === null;
    this.shown.checked = shown && digest !== null;
    await this.update();
  }

  /** Fetch, show or hide, as the box is ticked. */
  async update() {
    if (this.shown.checked) await (this.#fetched ??= this.#fetch(this.digest));
    this.#fade();
    this.#cutOff();
    this.context.onChange();
  }

  async #fetch(digest) {
    const { api, viewer, labels, pieceBytes, signal } = this.context;
    const onProgress = (got, all) => {
      this.bar.value = got / all;
      this.note.textContent = got < all ? ` ${t("{got} of {all} ({share})", { got: bytes(got), all: bytes(all), share: percent(got / all) })}` : ` ${bytes(all)}`;
    };
    this.bar.hidden = false;
    try {
      const buffer = await download(api, digest, { pieceBytes, onProgress, signal });
      if (digest === this.digest) await viewer.add(this.name, buffer, labels);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      this.#fetched = null;
      this.shown.checked = false;
      this.note.textContent = ` ${t("It cannot be shown: {reason}", { reason: error.message })}`;
    } finally {
      this.bar.hidden = true;
    }
  }

  #fade() {
    this.context.viewer.opacity(this.name, this.shown.checked ? this.opacity.value : 0);
  }

  #cutOff() {
    if (this.threshold) this.context.viewer.threshold(this.name, this.threshold.value);
  }
}

/** A slider with its name and its value beside it. */
export function slider(title, { id, value, min = 0, max = 1, step = 0.01, write = (number) => number.toFixed(2) }, onInput) {
  const output = h("output", { for: id }, write(value));
  const input = h("input", { type: "range", id, min, max, step, value });
  const set = (number) => {
    input.value = number;
    output.textContent = write(Number(input.value));
  };
  input.addEventListener("input", () => {
    output.textContent = write(Number(input.value));
    onInput(Number(input.value));
  });
  return { element: h("p", { class: "slider" }, h("label", { for: id }, title), input, output), input, set, get value() { return Number(input.value); } };
}
