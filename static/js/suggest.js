// Fills the list of suggestions of a text box while one types. Without it the box takes the same text.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(box.getAttribute("list"));
  let waiting = 0;

  async function suggest() {
    const text = box.value.trim();
    if (text.length < 3) return;
    const response = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`).catch(() => null);
    if (!response || !response.ok || text !== box.value.trim()) return;
    const { names } = await response.json();
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 250);
  });
}
