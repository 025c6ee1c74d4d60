// Elements made of text. Nothing that comes from a trajectory is ever read as markup.

const CLIPPED = 4000;
// What cannot be seen, or changes how what follows is laid out. Tabs and line ends may stay.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** Make an element with attributes, listeners (functions), and children (elements or text). */
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) {
      made.setAttribute(key, key === "value" ? value : plain(`${value}`));
    }
  }
  const nodes = children.flat().map((child) => typeof child === "string" ? visible(child) : child);
  made.append(...nodes.flat());
  return made;
}

/** Return text in which characters that cannot be seen have their names. */
export function plain(text) {
  return text.replace(HIDDEN, (found) => `[${nameOf(found)}]`);
}

function visible(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(HIDDEN)) {
    nodes.push(text.slice(at, found.index));
    const shown = document.createElement("span");
    shown.className = "hidden-character";
    shown.textContent = nameOf(found[0]);
    nodes.push(shown);
    at = found.index + found[0].length;
  }
  return [...nodes, text.slice(at)];
}

function nameOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Show pieces of text, each marked or not; what is very long is shown when that is asked for. */
export function block(pieces, label) {
  const length = pieces.reduce((sum, [text]) => sum + text.length, 0);
  const shown = make("pre", { tabindex: "0", role: "region", "aria-label": label });
  const fill = (most) => {
    shown.replaceChildren();
    for (const [text, differs] of pieces) {
      shown.append(make(differs ? "mark" : "span", {}, text.slice(0, most)));
      if ((most -= text.length) <= 0) break;
    }
  };
  fill(CLIPPED);
  if (length <= CLIPPED) return [shown];
  const more = make("button", { type: "button", click: () => { fill(Infinity); more.remove(); } },
    `Show all ${length.toLocaleString("en")} characters`);
  return [shown, more];
}

/** Return what is folded until it is asked for, and made only then. */
export function folded(summary, content) {
  const body = make("div");
  const details = make("details", {
    toggle: () => { if (details.open && !body.firstChild) body.append(...content()); },
  }, make("summary", {}, summary), body);
  return details;
}

/** Return a badge. */
export function badge(text, kind = "", title = undefined) {
  return make("span", { class: `badge ${kind}`, title }, text);
}

/** Return a button that copies what a function returns, or the promise of it. */
export function copying(label, content) {
  const button = make("button", { type: "button", click: async () => {
    try {
      await navigator.clipboard.writeText(await content());
      button.textContent = "Copied";
    } catch (error) {
      button.textContent = `Not copied: ${error.message}`;
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  } }, label);
  return button;
}
