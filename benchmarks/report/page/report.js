"use strict";

// Sorts a table by a column, and says so in the header.
function sort(header) {
  const falling = header.ariaSort !== "descending";
  const column = header.cellIndex;
  const body = header.closest("table").tBodies[0];
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const compare = (a, b) => {
    const [first, second] = [value(a), value(b)];
    // What was not measured comes last either way.
    if (!first || !second) return Boolean(second) - Boolean(first);
    const order = isNaN(first) || isNaN(second) ? first.localeCompare(second) : first - second;
    return falling ? -order : order;
  };
  for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
  header.ariaSort = falling ? "descending" : "ascending";
  body.append(...[...body.rows].sort(compare));
}

for (const header of document.querySelectorAll("table.sortable thead th")) {
  const button = document.createElement("button");
  button.append(...header.childNodes);
  button.addEventListener("click", () => sort(header));
  header.append(button);
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const toggle = document.getElementById("theme");
const root = document.documentElement;
toggle.hidden = false;
toggle.addEventListener("click", () => {
  const is = root.style.colorScheme || (dark.matches ? "dark" : "light");
  root.style.colorScheme = is === "dark" ? "light" : "dark";
});
