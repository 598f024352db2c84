"use strict";
// Sorts a table by the heading that is pressed; pressed again, the other way round. Empty cells come last.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  const keyOf = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent;
  headings.forEach((heading, column) => heading.querySelector("button").addEventListener("click", () => {
    const way = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", way);
    const sign = way === "ascending" ? 1 : -1;
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: keyOf(row, column) }));
    const figures = rows.every(({ key }) => key === "" || !Number.isNaN(Number(key)));
    const compare = figures ? (a, b) => a - b : new Intl.Collator(undefined, { numeric: true }).compare;
    rows.sort((a, b) => (a.key === "") - (b.key === "") || sign * compare(a.key, b.key));
    table.tBodies[0].append(...rows.map(({ row }) => row));
  }));
}
