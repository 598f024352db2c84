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
    rows.sort((a, b) => (a.key === "") - (b.key === "") ||
      sign * a.key.localeCompare(b.key, undefined, { numeric: true }));
    const figures = rows.every(({ key }) => key === "" || !Number.isNaN(Number(key)));
    if (figures) rows.sort((a, b) => (a.key === "") - (b.key === "") || sign * (Number(a.key) - Number(b.key)));
    table.tBodies[0].append(...rows.map(({ row }) => row));
  }));
}
