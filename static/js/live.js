// Keeps the progress of a load current without reloading the page: asks for the same address, takes over its parts.
// The page works without it: <noscript> refreshes, and there is a link.
const panel = document.querySelector("[data-live]");

async function fresh() {
  const response = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (!response.ok) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function take(part, news) {
  if (part.localName === "progress") {
    if (news.hasAttribute("value")) part.value = news.getAttribute("value");
    else part.removeAttribute("value");
  }
  // Unchanged text is left alone, so that a screen reader says only what is new.
  if (part.textContent !== news.textContent) part.textContent = news.textContent;
}

async function look() {
  const news = document.hidden ? null : await fresh().catch(() => null);
  if (news && news.querySelector("[data-finished]")) {
    location.reload();
    return;
  }
  for (const part of panel.querySelectorAll("[data-part]")) {
    const found = news && news.querySelector(`[data-part="${part.dataset.part}"]`);
    if (found) take(part, found);
  }
  setTimeout(look, panel.dataset.live * 1000);
}

// Most files are read within a second or two: the first look comes soon.
if (panel) setTimeout(look, 800);
