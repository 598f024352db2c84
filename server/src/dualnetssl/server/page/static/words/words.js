// The words of the page in the reader's language: an English sentence is its own key. What the server says of itself
// (problems, warnings, names) comes in English, as in the panel.

const KNOWN = ["de", "es"];

/** The first language that the browser asks for and the page knows; English where there is none. */
export const chosen = (wanted) => wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((each) => each === "en" || KNOWN.includes(each)) ?? "en";

export const language = chosen(navigator.languages ?? [navigator.language]);
const table = language === "en" ? {} : (await import(`./${language}.js`)).WORDS;

/** A sentence in the reader's language, with `{name}` replaced by values. */
export function t(text, values = {}) {
  return (table[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Translate what a document says by itself. */
export function translated(page) {
  page.documentElement.lang = language;
  for (const element of page.querySelectorAll("[data-words]")) element.textContent = t(element.textContent);
}
