// The address after the # says what is shown: a list (with what it is filtered by) or an episode.

import { make, plain } from "./elements.js";
import { episode } from "./episode.js";
import { list } from "./list.js";

const content = document.getElementById("content");
const status = document.getElementById("status");

/** What the pages know of each other. */
const state = {
  query: {},        // what the list was last filtered by
  rows: [],         // what it shows
  last: undefined,  // the episode that was last open
  keys: {},         // what keys do on this page
};

/** Ask for JSON; what is refused is an error that says why. */
export async function ask(path, query = {}) {
  const response = await fetch(`/api/${path}?${new URLSearchParams(query)}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Say something to those who look and to those who listen. */
export function say(text) {
  status.textContent = plain(text);
}

let turn = 0;

async function show() {
  const asked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const mine = ++turn;
  let title, nodes;
  state.keys = {};
  try {
    [title, nodes] = await (asked.episode ? episode(asked, state) : list(asked, state));
  } catch (error) {
    title = "Not shown";
    nodes = [make("h1", { tabindex: "-1" }, title),
      make("p", { class: "error", role: "alert" }, error.message),
      make("p", {}, make("a", { href: "#" }, "All episodes"))];
  }
  // Who went on in the meantime does not want this any more.
  if (mine !== turn) return;
  document.title = plain(title);
  content.replaceChildren(...nodes);
  (content.querySelector("[data-focus]") ?? content).focus({ preventScroll: true });
  content.querySelector("[data-focus]")?.scrollIntoView({ block: "nearest" });
  if (asked.episode) window.scrollTo(0, 0);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
  const action = state.keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
document.getElementById("skip").addEventListener("click", (event) => {
  // The address is taken: it says what is shown.
  event.preventDefault();
  content.focus();
});
window.addEventListener("hashchange", show);
show();
