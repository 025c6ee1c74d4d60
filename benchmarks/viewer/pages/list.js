// The list of episodes, its filters and its pages.

import { badge, make } from "./elements.js";
import { ask, say } from "./viewer.js";

const FILTERS = { policy: "Policy", suite: "Suite", family: "Family", arm: "Arm",
  operator: "Operator in it", acted: "Operator that acted", outcome: "Outcome" };
const COLUMNS = ["Outcome", "Episode", "Policy", "Turns", "Calls (expert)", "What acted"];
const ACTED = 3;

let choices;

/** Return the address of a list or an episode. */
export function address(query) {
  const kept = Object.entries(query).filter(([, value]) => value);
  return `#${new URLSearchParams(kept)}`;
}

/** Show the episodes that an address asks for. */
export async function list(query, state) {
  choices ??= await ask("choices");
  const found = await ask("episodes", query);
  Object.assign(state, { query, rows: found.rows, pages: found.pages });
  const count = `${found.total.toLocaleString("en")} of ${choices.episodes.toLocaleString("en")}`;
  say(`${count} episodes`);
  const go = (page) => { location.hash = address({ ...query, page }); };
  state.keys = keys(found, go);
  const nodes = [make("h1", { class: "quiet" }, "Episodes"), form(query)];
  if (found.rows.length) nodes.push(table(found, state), pages(found, query));
  else nodes.push(make("p", { class: "empty" }, "No episode has all of that. ",
    make("a", { href: "#" }, "Show all")));
  return ["Episodes", nodes];
}

function form(query) {
  const change = () => {
    const chosen = new FormData(made);
    location.hash = address(Object.fromEntries(chosen));
  };
  const made = make("form", { class: "filters", role: "search", change,
    submit: (event) => { event.preventDefault(); change(); } });
  for (const [name, label] of Object.entries(FILTERS)) {
    const found = Object.keys(choices.choices[name]);
    if (found.length < 2 && !query[name]) continue;
    const select = make("select", { name }, make("option", { value: "" }, "any"));
    select.append(...options(name, query[name]));
    made.append(make("label", {}, label, select));
  }
  made.append(make("label", {}, "Words",
    make("input", { type: "search", name: "words", value: query.words ?? "", id: "words",
      placeholder: "task, scaffold, why it stopped", autocomplete: "off" })));
  if (Object.keys(query).length) made.append(make("a", { href: "#", class: "clear" }, "Clear"));
  return made;
}

function options(name, chosen) {
  const option = ([value, count]) => make("option", { value, selected: value === chosen },
    `${value} (${count.toLocaleString("en")})`);
  const entries = Object.entries(choices.choices[name]);
  if (chosen && !(chosen in choices.choices[name])) entries.push([chosen, 0]);
  if (name !== "operator" && name !== "acted") return entries.map(option);
  const groups = Map.groupBy(entries, ([value]) => choices.axes[value] ?? "other");
  return [...groups].map(([axis, found]) => make("optgroup", { label: axis }, found.map(option)));
}

function table(found, state) {
  const head = make("tr", {}, COLUMNS.map((name) => make("th", { scope: "col" }, name)));
  const rows = found.rows.map((row) => line(row, state));
  return make("table", { class: "episodes" },
    make("caption", { class: "quiet" }, `Page ${found.page} of ${found.pages}`),
    make("thead", {}, head), make("tbody", {}, rows));
}

function line(row, state) {
  const link = make("a", {
    href: address({ policy: row.policy, episode: row.episode }),
    "data-focus": row.episode === state.last?.episode && row.policy === state.last?.policy,
  }, row.episode);
  const calls = `${row.calls ?? "–"} (${row.expert_calls ?? "–"})`;
  const acted = row.acted.slice(0, ACTED).map((name) => badge(name));
  if (row.acted.length > ACTED) acted.push(badge(`+${row.acted.length - ACTED}`, "", row.acted.join(", ")));
  const why = row.why ? make("span", { class: "why" }, row.why.slice(0, 80)) : "";
  const cells = [[badge(row.outcome, row.outcome), why], link, row.policy,
    `${row.turns ?? "–"}`, calls, acted];
  return make("tr", {}, cells.map((cell, at) => make("td", { "data-label": COLUMNS[at] }, cell)));
}

function pages(found, query) {
  const to = (page, text, rel) => 1 <= page && page <= found.pages
    ? make("a", { href: address({ ...query, page }), rel }, text) : make("span", {}, text);
  return make("nav", { "aria-label": "Pages" }, to(found.page - 1, "← Previous (p)", "prev"),
    make("span", {}, `Page ${found.page} of ${found.pages}`),
    to(found.page + 1, "Next (n) →", "next"),
    make("span", { class: "why" }, "j, k: down and up; Enter: open; /: search"));
}

function keys(found, go) {
  const move = (by) => {
    const links = [...document.querySelectorAll(".episodes tbody a")];
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  };
  return {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    n: () => found.page < found.pages && go(found.page + 1),
    p: () => found.page > 1 && go(found.page - 1),
    "/": () => document.getElementById("words").focus(),
    Escape: () => document.activeElement.blur(),
  };
}
