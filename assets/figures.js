// <form data-module="app-figures">: boxes with data-figure are a column, as in a spreadsheet. Enter goes to the next one,
// Shift and Enter back; several cells copied from a spreadsheet fill the boxes from there down. Who leaves with figures
// typed and not saved is asked first. Without the script Enter saves, and every box is typed by itself.

export function enterFigures(form) {
  const boxes = [...form.querySelectorAll("[data-figure]")];
  const told = form.querySelector("[data-figures-help]");
  if (told) told.hidden = false;

  const goTo = (box) => {
    box.focus();
    box.select();
  };

  form.addEventListener("keydown", (event) => {
    const at = boxes.indexOf(event.target);
    const next = boxes[at + (event.shiftKey ? -1 : 1)];
    if (event.key !== "Enter" || at < 0 || event.isComposing || !next) return;
    event.preventDefault();
    goTo(next);
  });

  form.addEventListener("paste", (event) => {
    const at = boxes.indexOf(event.target);
    const cells = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n|\t/);
    if (at < 0 || cells.length < 2) return;
    event.preventDefault();
    const filled = boxes.slice(at, at + cells.length);
    filled.forEach((box, number) => (box.value = cells[number].trim()));
    filled[0].dispatchEvent(new Event("input", { bubbles: true }));
    goTo(filled[filled.length - 1]);
    if (told && cells.length > filled.length)
      told.textContent = `${cells.length - filled.length} of the ${cells.length} cells pasted found no box.`;
  });

  let isTyped = false;
  form.addEventListener("input", () => (isTyped = true));
  form.addEventListener("submit", () => (isTyped = false));
  window.addEventListener("beforeunload", (event) => isTyped && event.preventDefault());
}
