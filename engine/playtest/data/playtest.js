"use strict";
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
  };

  for (const table of document.querySelectorAll("table")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        const order = new Intl.Collator(undefined, { numeric: true }).compare;
        rows.sort((a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          const found = typeof x === "number" && typeof y === "number" ? x - y : order(String(x), String(y));
          return down ? -found : found;
        });
        table.tBodies[0].append(...rows);
      });
    });
  }

  document.querySelector("#never").addEventListener("change", (event) => {
    document.querySelector("#lines table").classList.toggle("only-never", event.target.checked);
  });
  document.querySelector("#large").addEventListener("change", (event) => {
    document.querySelector(".map").classList.toggle("large", event.target.checked);
  });
})();
