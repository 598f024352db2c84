// Signing in with a token, which is kept for as long as this tab is open: never in the address, nor where another tab
// or a later day finds it.

import { h } from "./dom.js";
import { t } from "./words.js";

const KEY = "dualnetssl-token";

/** The token of this tab; null: nobody is signed in; empty: the server asks for none. */
export const kept = () => sessionStorage.getItem(KEY);
export const keep = (token) => sessionStorage.setItem(KEY, token);
export const forget = () => sessionStorage.removeItem(KEY);

/**
 * Show the form.
 * @param enter called with the token; its error is shown.
 * @param reason why one has to sign in (again), if there is one.
 */
export function signIn(content, enter, reason) {
  const alert = h("p", { role: "alert", class: "problem" }, reason?.message);
  const field = h("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", "aria-describedby": "token-help" });
  const button = h("button", { type: "submit" }, t("Sign in"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await enter(field.value.trim());
    } catch (error) {
      alert.textContent = error.message;
      field.focus();
      field.select();
    } finally {
      button.disabled = false;
    }
  };
  const help = h("p", { id: "token-help", class: "quiet" },
    t("Whoever runs the server gives it to you; the owner’s is printed on the server by"), " ", h("code", {}, "dualnetssl token"), ". ",
    t("It is forgotten when this tab is closed. Leave the field empty if the server was started without tokens."));
  content.replaceChildren(h("form", { class: "card sign-in", onsubmit: submit },
    h("h1", {}, t("Sign in")), h("label", { for: "token" }, t("Token")), field, help, button, alert));
  field.focus();
}
