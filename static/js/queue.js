// Forms of the room survive a bad connection. What could not be sent is kept in this browser, encrypted, and sent once the
// connection is back. It is erased when it was sent, and after a day in any case. The server knows each note by its key and
// each arrival by its place, so that sending twice writes it once. Without this, or where the browser has no cryptography,
// the forms are sent as any other.
//
// The key is stored nowhere. Behind a personal link it is made from the address, which nobody else has. On a page of
// somebody who is signed in the address is no secret: there the server hands over a key that is theirs for this dialogue
// (data-queue), so that after signing out what is left in the browser can be read by nobody. Signed in again, it is sent.
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
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
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
  if (of === name) say(waiting.length);
}

// Read aloud once, not at each attempt.
function say(count, isOut = false) {
  const words = (isOut && status.dataset.queueOut) || status.dataset.queueStatus;
  const said = count ? words.replace("0", count) : "";
  if (status.textContent !== said) status.textContent = said;
}

// Of other pages and people too, although nothing of theirs can be read here.
function sweep() {
  for (const other of Object.keys(localStorage)) if (other.startsWith("queue:")) write(read(other), other);
}

async function keep(letter, isOut) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(letter)));
  write([...read(), { at: Date.now(), iv: pack(iv), data: pack(data) }]);
  say(read().length, isOut);
}

async function open(one) {
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(one.iv) }, key, unpack(one.data));
  return JSON.parse(new TextDecoder().decode(data));
}

// "sent", "wait" (no connection, or the server is busy), "out" (the login ended, or this page is older than it: a page that is
// loaded again sends it), or "refused". Where one signs in, being led elsewhere may mean the login: there the server says in as
// many words that it was written down (204).
async function post({ url, fields }) {
  const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", token()]]);
  const headers = { "X-Requested-With": "queue" };
  try {
    const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual", cache: "no-store" });
    const led = answer.type === "opaqueredirect";
    if (answer.status === 204 || (led && !given)) return "sent";
    if (led || answer.status === 403) return "out";
    return answer.status === 429 || answer.status >= 500 ? "wait" : "refused";
  } catch {
    return "wait";
  }
}

async function send() {
  if (sending) return;
  sending = true;
  await sendAll();
  sending = false;
}

async function sendAll() {
  let sent = 0;
  for (const one of read()) {
    const letter = await open(one).catch(() => null);
    const result = letter ? await post(letter) : "unreadable";
    if (result === "wait" || result === "out") {
      say(read().length, result === "out");
      break;
    }
    if (result === "refused" && typing()) continue; // until they have finished
    write(read().filter((other) => other.iv !== one.iv));
    if (result === "refused") return show(letter);
    sent += 1;
  }
  if (sent && !typing()) look();
}

// What somebody writes, a name at the door too, is not taken from under their hands.
function typing() {
  const written = (area) => area.value.trim();
  const changed = (field) => field.value !== field.defaultValue;
  const areas = [...document.querySelectorAll("main textarea")];
  return areas.some(written) || [...document.querySelectorAll("main :is([type=text], [type=email])")].some(changed);
}

// The page anew; where it is the answer to a form, asked for and not that form sent again.
function look() {
  location.replace(status.dataset.queueHome || location.pathname + location.search);
}

// What the server does not take is sent as an ordinary form: its page has the text, and says what is wrong.
function show({ url, fields }) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url, hidden: true });
  for (const [name, value] of [...fields, ["csrfmiddlewaretoken", token()]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
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
    look();
  } else if (result === "refused") {
    form.removeEventListener("submit", submit); // the page of the server says what is wrong
    form.requestSubmit(event.submitter);
  } else {
    await keep(letter, result === "out");
    again(form, event.submitter);
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

if (forms.length && status && window.isSecureContext && crypto.subtle) {
  prepare().then(() => {
    sweep();
    for (const form of forms) form.addEventListener("submit", submit);
    document.querySelector("main form[role=search]")?.addEventListener("submit", find);
    window.addEventListener("online", send);
    setInterval(() => read().length && send(), AGAIN);
    say(read().length);
    send();
  });
}
