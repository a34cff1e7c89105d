// <button data-puts="words" data-into="id of a box"> adds the words to the box, unless they stand in it already, and goes
// there. Without the script the same button asks the server, which sends the form back with the box filled.

export function copyOnClick(button) {
  button.addEventListener("click", (event) => {
    const box = document.getElementById(button.dataset.into);
    const words = button.dataset.puts.replace(/\r\n/g, "\n").trim();
    if (!box) return;
    event.preventDefault();
    const typed = box.value.trim();
    if (!typed.includes(words)) box.value = typed ? `${typed}\n\n${words}` : words;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
}
