// Keeps the projector current: asks for the same address and takes over what is different. Without it the page refreshes.
const main = document.querySelector("[data-screen]");

async function look() {
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (response.ok && !response.redirected) {
      const news = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-screen]");
      if (news && news.innerHTML !== main.innerHTML) main.replaceChildren(...news.childNodes);
    }
  } catch {
    // The connection is gone for a moment: what stood there stays.
  }
  setTimeout(look, main.dataset.screen * 1000);
}

if (main) setTimeout(look, main.dataset.screen * 1000);
