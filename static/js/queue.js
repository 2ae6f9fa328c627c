// Forms of the room survive a bad connection. What could not be sent is kept in this browser, encrypted, and sent once the
// connection is back. It is erased when it was sent, and after a day in any case. The server knows each note by its key and
// each arrival by its place, so that sending twice writes it once. Without this, or where the browser has no cryptography,
// the forms are sent as any other.
//
// The key is stored nowhere. Behind a personal link it is made from the address, which nobody else has. On a page of
// somebody who is signed in the address is no secret: there the server hands over a key that is theirs for this dialogue
// (data-queue), so that after signing out what is left in the browser can be read by nobody.
const DAY = 24 * 60 * 60 * 1000;
const AGAIN = 5000;
const forms = [...document.querySelectorAll("form[data-queue]")];
const status = document.querySelector("[data-queue-status]");
const text = new TextEncoder();
const given = forms[0] && forms[0].dataset.queue;
const secret = given || location.pathname;
let key, name, sending = false;

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const pack = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unpack = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
const digest = (purpose) => crypto.subtle.digest("SHA-256", text.encode(purpose + secret));

async function prepare() {
  key = await crypto.subtle.importKey("raw", await digest("key"), "AES-GCM", false, ["encrypt", "decrypt"]);
  name = "queue:" + hex(await digest("name")).slice(0, 24);
}

function read(of = name) {
  const young = (one) => Date.now() - one.at < DAY;
  try {
    return JSON.parse(localStorage.getItem(of) || "[]").filter(young);
  } catch {
    return [];
  }
}

function write(waiting, of = name) {
  if (waiting.length) localStorage.setItem(of, JSON.stringify(waiting));
  else localStorage.removeItem(of);
  if (status && of === name) {
    status.textContent = waiting.length ? status.dataset.queueStatus.replace("0", waiting.length) : "";
  }
}

// Of other pages and people too, although nothing of theirs can be read here.
function sweep() {
  for (const other of Object.keys(localStorage)) if (other.startsWith("queue:")) write(read(other), other);
}

async function keep(letter) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(letter)));
  write([...read(), { at: Date.now(), iv: pack(iv), data: pack(data) }]);
}

async function open(one) {
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(one.iv) }, key, unpack(one.data));
  return JSON.parse(new TextDecoder().decode(data));
}

// "sent", "wait" (no connection, the server is busy, or it asks to sign in again), or "refused". Where one signs in, being led
// elsewhere may mean that: there the server says in as many words that it was written down (204).
async function post({ url, fields }) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", token]]);
  const headers = { "X-Requested-With": "queue" };
  try {
    const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual", cache: "no-store" });
    const led = answer.type === "opaqueredirect";
    if (answer.status === 204 || (led && !given)) return "sent";
    return led || [403, 429].includes(answer.status) || answer.status >= 500 ? "wait" : "refused";
  } catch {
    return "wait";
  }
}

async function send() {
  if (sending) return;
  sending = true;
  let sent = 0;
  write(read());
  for (const one of read()) {
    const letter = await open(one).catch(() => null);
    const result = letter ? await post(letter) : "refused";
    if (result === "wait") break;
    write(read().filter((other) => other.iv !== one.iv));
    if (result === "refused" && letter) giveBack(letter);
    else sent += 1;
  }
  sending = false;
  const typing = [...document.querySelectorAll("form[data-queue] textarea")].some((area) => area.value.trim());
  if (sent && !typing) location.reload();
}

// A note that the server does not take goes back to where it was written; sent again, the page says why.
function giveBack({ url, fields }) {
  const form = forms.find((one) => one.action === url);
  if (!form || [...form.querySelectorAll("textarea")].some((area) => area.value.trim())) return;
  for (const [field, value] of fields) if (form.elements[field]?.tagName === "TEXTAREA") form.elements[field].value = value;
}

function fields(form, button) {
  const filled = [...new FormData(form, button)].filter(([field]) => field !== "csrfmiddlewaretoken");
  return [...filled, ["at", new Date().toISOString()]];
}

// A form that is written in is empty for the next; one that is only pressed says that it waits.
function again(form, button) {
  if (form.dataset.queueKept) {
    button.disabled = true;
    button.textContent = form.dataset.queueKept;
    return;
  }
  form.reset();
  if (form.elements.key) form.elements.key.value = crypto.randomUUID();
}

async function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const letter = { url: form.action, fields: fields(form, event.submitter) };
  const result = await post(letter);
  if (result === "sent") {
    location.reload();
  } else if (result === "wait") {
    await keep(letter);
    again(form, event.submitter);
  } else {
    form.removeEventListener("submit", submit); // the page of the server says what is wrong
    form.requestSubmit(event.submitter);
  }
}

// Without a connection the search looks through the list at hand.
function find(event) {
  if (navigator.onLine) return;
  event.preventDefault();
  const bare = (said) => said.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const wanted = bare(event.currentTarget.elements.q.value);
  for (const row of document.querySelectorAll("[data-find]")) row.hidden = !bare(row.textContent).includes(wanted);
}

if (forms.length && window.isSecureContext && crypto.subtle) {
  prepare().then(() => {
    sweep();
    for (const form of forms) form.addEventListener("submit", submit);
    document.querySelector("main form[role=search]")?.addEventListener("submit", find);
    window.addEventListener("online", send);
    setInterval(() => read().length && send(), AGAIN);
    send();
  });
}
