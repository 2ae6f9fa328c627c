// A form behind a personal link survives a bad connection. What could not be sent is kept in this browser, encrypted with
// a key that is made from the link (and stored nowhere), and sent once the connection is back. It is erased when it was
// sent, and after a day in any case. The server knows each note by its key, so that sending twice writes it once.
// Without this, or where the browser has no cryptography, the form is sent as any other.
const DAY = 24 * 60 * 60 * 1000;
const AGAIN = 5000;
const form = document.querySelector("form[data-queue]");
const status = document.querySelector("[data-queue-status]");
const text = new TextEncoder();
let key, name, sending = false;

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const pack = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unpack = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
const digest = (purpose) => crypto.subtle.digest("SHA-256", text.encode(purpose + location.pathname));

async function prepare() {
  key = await crypto.subtle.importKey("raw", await digest("key"), "AES-GCM", false, ["encrypt", "decrypt"]);
  name = "queue:" + hex(await digest("name")).slice(0, 24);
}

function read() {
  const young = (one) => Date.now() - one.at < DAY;
  try {
    return JSON.parse(localStorage.getItem(name) || "[]").filter(young);
  } catch {
    return [];
  }
}

function write(waiting) {
  if (waiting.length) localStorage.setItem(name, JSON.stringify(waiting));
  else localStorage.removeItem(name);
  if (status) status.textContent = waiting.length ? status.dataset.queueStatus.replace("0", waiting.length) : "";
}

async function keep(fields) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(fields)));
  write([...read(), { at: Date.now(), iv: pack(iv), data: pack(data) }]);
}

async function open(one) {
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(one.iv) }, key, unpack(one.data));
  return JSON.parse(new TextDecoder().decode(data));
}

// "sent", "wait" (no connection, or the server is busy), or "refused".
async function post(fields) {
  const token = new FormData(form).get("csrfmiddlewaretoken");
  const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", token]]);
  try {
    const answer = await fetch(location.pathname, { method: "POST", body, redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") return "sent";
    return answer.status === 429 || answer.status >= 500 ? "wait" : "refused";
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
    const result = await post(await open(one)).catch(() => "refused");
    if (result === "wait") break;
    write(read().filter((other) => other.iv !== one.iv));
    sent += 1;
  }
  sending = false;
  const typing = [...form.querySelectorAll("textarea")].some((area) => area.value.trim());
  if (sent && !typing) location.reload();
}

function again() {
  form.reset();
  const field = form.elements.key;
  if (field) field.value = crypto.randomUUID();
}

async function submit(event) {
  event.preventDefault();
  const given = [...new FormData(form, event.submitter)].filter(([field]) => field !== "csrfmiddlewaretoken");
  const fields = [...given, ["at", new Date().toISOString()]];
  const result = await post(fields);
  if (result === "sent") {
    location.reload();
  } else if (result === "wait") {
    await keep(fields);
    again();
  } else {
    form.removeEventListener("submit", submit); // the page of the server says what is wrong
    form.requestSubmit(event.submitter);
  }
}

if (form && window.isSecureContext && crypto.subtle) {
  prepare().then(() => {
    form.addEventListener("submit", submit);
    window.addEventListener("online", send);
    setInterval(() => read().length && send(), AGAIN);
    send();
  });
}
