// <div data-shows-when="rag:red,amber"> is hidden until the radio, select or checkbox named rag, in the same form, has
// one of these values. Without the script it is always shown, and what is typed in it is sent either way.

export function showWhen(element) {
  const [name, values] = element.dataset.showsWhen.split(":");
  const wanted = values.split(",");
  const form = element.closest("form") ?? document;

  const update = () => {
    const chosen = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((input) => input.checked || input.tagName === "SELECT")
      .map((input) => input.value);
    element.hidden = !chosen.some((value) => wanted.includes(value));
  };

  form.addEventListener("change", update);
  window.addEventListener("pageshow", update); // the browser puts choices back after the back button
  update();
}
