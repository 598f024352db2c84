// Small pictures of cases: the sheet that the newest model's worker drew, fetched once its row comes into sight.

import { h } from "./dom.js";
import { unlessLeft } from "./patience.js";

export class Pictures {
  #sheets = new Map();
  #seen;

  /** @param cases where the cases of a data set are, below `v1/`. */
  constructor(api, cases, signal) {
    Object.assign(this, { api, cases, signal });
    this.#seen = new IntersectionObserver((entries) => entries.filter((each) => each.isIntersecting).forEach(({ target }) => unlessLeft(this.#show(target))), { rootMargin: "200px" });
    signal.addEventListener("abort", () => this.#seen.disconnect(), { once: true });
  }

  /** The cell of a case; it holds the picture already if that was fetched and nothing has changed since. */
  cell({ case: name, updated, score }) {
    const key = JSON.stringify([name, updated, score]);
    return h("td", { class: "thumbnail", "data-key": key }, image(this.#sheets.get(key)));
  }

  /** Fill the cells of a table, each as it comes into sight. */
  watch(table) {
    this.#seen.disconnect();
    for (const cell of table.querySelectorAll("[data-key]:empty")) this.#seen.observe(cell);
  }

  async #show(cell) {
    this.#seen.unobserve(cell);
    const { key } = cell.dataset;
    if (!this.#sheets.has(key)) this.#sheets.set(key, await this.#fetch(JSON.parse(key)[0]));
    cell.replaceChildren(image(this.#sheets.get(key)) ?? "");
  }

  /** The sheet as an address that carries its own bytes: a request of an image would come without the token. */
  async #fetch(name) {
    const predictions = await this.api.get(`${this.cases}/${encodeURIComponent(name)}/predictions`, this.signal);
    const digest = predictions[0]?.sheet;
    if (!digest) return null;
    const answer = await this.api.send(`blobs/${digest}`, { signal: this.signal });
    return `data:image/svg+xml,${encodeURIComponent(await answer.text())}`;
  }
}

/** The picture says nothing that the name beside it and the figures do not: whoever hears the page is spared it. */
const image = (address) => (address ? h("img", { src: address, alt: "" }) : null);
