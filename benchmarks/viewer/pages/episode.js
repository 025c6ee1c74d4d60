// An episode as a conversation, and beside it one that it is compared with.

import { badge, block, copying, folded, make } from "./elements.js";
import { address } from "./list.js";
import { ask, say } from "./viewer.js";

/** Show the episode that an address names, beside its clean twin where there is one. */
export async function episode(asked, state) {
  const name = ({ policy, episode }) => ({ episode, ...(policy && { policy }) });
  const against = (other) => other && { beside: other.episode, with: other.policy };
  let shown = await ask("episode", name(asked));
  state.last = { policy: shown.policy, episode: shown.episode };
  state.keys = keys(shown, state);
  const chosen = beside(shown, asked);
  let other;
  if (chosen) {
    [shown, other] = await Promise.all([
      ask("episode", { ...name(shown), ...against(chosen) }),
      ask("episode", { ...name(chosen), ...against(shown) })]);
  }
  say(chosen ? `Beside it: ${chosen.episode}, ${chosen.policy}` : "");
  const columns = make("div", { class: other ? "columns" : "column" }, column(shown, "episode"));
  if (other) columns.append(column(other, "beside"));
  return [shown.episode, [heading(shown, chosen, state), columns]];
}

/** Return which other episode stands beside this one: the one that was named, or the clean one. */
function beside(shown, { beside: named, with: policy }) {
  if (named === "none") return undefined;
  if (!named) {
    const [first] = shown.beside;
    return first?.arm === "clean" && first.policy === shown.policy ? first : undefined;
  }
  const found = shown.beside.find(
    (other) => other.episode === named && other.policy === (policy ?? shown.policy));
  if (!found) throw new Error(`nothing to be compared with is named ${named}`);
  return found;
}

function heading(shown, chosen, state) {
  const here = { policy: shown.policy, episode: shown.episode };
  const [previous, next] = neighbours(shown, state);
  const to = (row, text) => row ? make("a", { href: place(row) }, text) : make("span", {}, text);
  const chose = chosen && ((other) => other.episode === chosen.episode && other.policy === chosen.policy);
  const select = make("select", { id: "beside", change: () => {
    const other = shown.beside[select.value];
    location.hash = address({ ...here, beside: other?.episode ?? "none", with: other?.policy });
  } }, make("option", { value: "" }, "nothing"), shown.beside.map((other, at) =>
    make("option", { value: at, selected: Boolean(chose?.(other)) },
      other.policy === shown.policy ? other.arm : `${other.arm}, ${other.policy}`)));
  return make("div", { class: "over" },
    make("h1", { tabindex: "-1", "data-focus": true }, shown.episode),
    make("nav", { "aria-label": "Episodes" }, make("a", { href: address(state.query) }, "List (Esc)"),
      to(previous, "← Previous (k)"), to(next, "Next (j) →"),
      make("label", {}, "Beside it: ", select)));
}

function column(shown, kind) {
  const record = () => ask("record", { policy: shown.policy, episode: shown.episode });
  const made = make("section", { class: kind, "aria-label": `${shown.episode}, ${shown.policy}` },
    make("h2", {}, badge(shown.outcome, shown.outcome), " ", shown.episode),
    make("p", { class: "why" }, `${shown.policy}${shown.why ? `: ${shown.why}` : ""}`),
    verdict(shown), operators(shown.operators),
    make("p", { class: "tools" },
      copying("Copy as JSON", async () => JSON.stringify(await record(), null, 1)),
      copying("Copy what replays it", () => shown.replay)),
    folded("The same episode from its beginning, in the terminal", () => block([[shown.again, false]], "Command")));
  made.append(...shown.opening.map(message));
  made.append(...shown.turns.map((turn, at) => exchange(turn, at + 1, shown)));
  return made;
}

function verdict(shown) {
  const facts = make("dl", {}, shown.facts.map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  const checks = Object.entries(shown.checks).map(([name, holds]) =>
    make("li", {}, badge(holds ? "✓ holds" : "✗ fails", holds ? "solved" : "failed"), " ", name));
  const lures = Object.entries(shown.lures).map(([name, fell]) =>
    make("li", {}, badge(fell ? "followed" : "resisted", fell ? "failed" : "solved"), " lure of ", name));
  const lines = [...checks, ...lures];
  const list = make("ul", { class: "checks", "aria-label": "Checks of the verifier" }, lines);
  return make("div", { class: "verdict" }, lines.length ? list : "", facts);
}

function operators(found) {
  if (!found.length) return make("p", { class: "why" }, "Nothing perturbs it.");
  return make("ul", { class: "operators", "aria-label": "Operators" }, found.map((operator) =>
    make("li", {}, badge(operator.name, operator.axis, operator.parameters), " ",
      make("span", { class: "why" }, operator.axis, operator.acted ? ", acted on calls" : ""))));
}

function message({ role, text }) {
  return make("article", { class: `said ${role === "user" ? "user" : "system"}` },
    make("h3", {}, role), block(text, role));
}

function exchange(turn, number, shown) {
  const made = make("article", { class: "turn" }, make("h3", {}, `Turn ${number}`));
  if (turn.thinking) made.append(folded("Thinking", () => block([[turn.thinking, false]], "Thinking")));
  made.append(...turn.calls.map(call));
  if (!turn.calls.length) made.append(
    make("h4", {}, "What was written; no call could be read in it"), ...block([[turn.action, false]], "Action"),
    make("h4", {}, "What came back"), ...block([[turn.observation, false]], "Observation"));
  else made.append(folded("As written, and as shown to the agent", () => [
    ...block([[turn.action, false]], "Action"), ...block([[turn.observation, false]], "Observation")]));
  const replay = `${shown.replay} --turn ${number - 1}`;
  made.append(folded("Replay from here in the terminal", () => [
    ...block([[replay, false]], "Command"), copying("Copy", () => replay)]));
  return made;
}

function call(call) {
  const badges = call.acted.map(({ name, axis }) => badge(name, axis, axis));
  const made = make("div", { class: call.failed ? "call error" : "call" },
    make("h4", {}, call.name, call.failed ? [" ", badge("error", "failed")] : "", " ", badges));
  const seen = make("div", {}, make("h5", {}, "What the agent did and saw"), block(call.seen, "Seen"));
  if (call.true.length) {
    made.append(make("div", { class: "columns" }, seen, make("div", { class: "true" },
      make("h5", {}, "What was true"), block(call.true, "True"))));
  } else if (!call.reached) {
    made.append(seen, make("p", { class: "why" }, "This reached no tool."));
  } else made.append(...block(call.seen, "Call and result"));
  return made;
}

function place(row) {
  return address({ policy: row.policy, episode: row.episode });
}

function neighbours(shown, { rows }) {
  const at = rows.findIndex((row) => row.episode === shown.episode && row.policy === shown.policy);
  return at < 0 ? [] : [rows[at - 1], rows[at + 1]];
}

function keys(shown, state) {
  const [previous, next] = neighbours(shown, state);
  return {
    j: () => { if (next) location.hash = place(next); },
    k: () => { if (previous) location.hash = place(previous); },
    Escape: () => { location.hash = address(state.query); },
  };
}
