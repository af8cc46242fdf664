// The page: who you are, the conversation, and news by long poll. Draws with draw.js.

import { drawMessage } from "./draw.js";
import { h } from "./element.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const box = $("message");
const FOLLOW = 3000; // milliseconds in which a form that comes is the answer to our own act
const NEAR = 120; // pixels from the bottom that still count as "reading along"

const start = await (await fetch("/local/start")).json();
const people = new Map(start.people.map((person) => [person.account, person]));

let read = {}; // account -> the last change that was seen
let account = ""; // who we are now
let since = -1; // the last change we have seen
let shown = new Map(); // message id -> {message, node, signature}
let standing = { drafts: [], asking: null };
let latest = {};
let ahead = 0;
let offset = 0; // the bot's clock minus this computer's
let lang = localStorage.getItem("lang") ?? (navigator.language.startsWith("en") ? "en" : "nl");
let polling = new AbortController();
let expecting = null; // what we just did, so that the focus can follow the answer
let unsent = { text: "", id: "" };
let marks = 0;

// -- words and times ---------------------------------------------------------------------------

const word = (key, values = {}) =>
  start.words[lang][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function format(moment, options) {
  const locale = lang === "nl" ? "nl-NL" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: start.zone, ...options }).format(moment);
}

const now = () => new Date(Date.now() + offset);
const clockTime = (moment) => format(moment, { hour: "2-digit", minute: "2-digit" });
const dayOf = (moment) =>
  format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** Now on the institute's wall clock, as an input wants it. */
const localMoment = () =>
  new Intl.DateTimeFormat("sv-SE", {
    timeZone: start.zone,
    dateStyle: "short",
    timeStyle: "short",
  })
    .format(now())
    .replace(" ", "T");

function speak(wanted) {
  lang = wanted;
  localStorage.setItem("lang", lang);
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const button of $("languages").children) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
  log.setAttribute("aria-label", word("talk"));
  $("languages").setAttribute("aria-label", word("language"));
  $("offline").textContent = word("offline");
  drawPeople();
  drawHeader();
  drawClock();
  drawAnswering();
}

// -- people ------------------------------------------------------------------------------------

const nameOf = (person) => person.name || word("nobody");
const roleOf = (person) =>
  [word(`role_${person.role}`), person.school].filter(Boolean).join(" · ");

function initials(person) {
  if (!person.name) return "?";
  const parts = person.name.split(/\s+/);
  return (parts[0][0] + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}

const isUnread = (one) => one !== account && (latest[one] ?? 0) > (read[one] ?? 0);

function drawPeople() {
  const focused = document.activeElement?.dataset?.account;
  const rows = start.people.map((person) => {
    const unread = isUnread(person.account);
    return h(
      "li",
      {},
      h(
        "button.person-choice",
        {
          type: "button",
          "data-account": person.account,
          "aria-current": person.account === account ? "true" : null,
          onclick: () => choose(person.account),
        },
        h(`span.face.${person.role}`, { "aria-hidden": "true" }, initials(person)),
        h(
          "span.names",
          {},
          h("span.name", {}, nameOf(person)),
          h("span.role", {}, roleOf(person)),
        ),
        unread ? h("span.dot", {}, h("span.visually-hidden", {}, word("unread"))) : null,
      ),
    );
  });
  $("people").replaceChildren(...rows);
  if (focused) $("people").querySelector(`[data-account="${CSS.escape(focused)}"]`)?.focus();
  const count = start.people.filter((person) => isUnread(person.account)).length;
  $("any-unread").hidden = count === 0;
  document.title = `${count ? `(${count}) ` : ""}${word("title")}`;
}

function drawHeader() {
  const person = people.get(account);
  $("who").textContent = person ? nameOf(person) : word("title");
  $("role").textContent = person ? roleOf(person) : word("subtitle");
  $("face").textContent = person ? initials(person) : "";
  $("face").className = `face ${person?.role ?? "none"}`;
}

function choose(wanted) {
  location.hash = encodeURIComponent(wanted);
}

/** The address says who we are, so that two windows can be two people. */
function arrive() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const before = account;
  polling.abort();
  account = people.has(wanted) ? wanted : "";
  document.body.dataset.view = account ? "chat" : "people";
  $("empty").hidden = Boolean(account);
  $("composer").hidden = log.hidden = !account;
  since = -1;
  shown = new Map();
  expecting = null;
  standing = { drafts: [], asking: null };
  log.replaceChildren();
  drawPeople();
  drawHeader();
  polling = new AbortController();
  listen(account, polling.signal);
  if (account) act("arrive", {});
  // A touch screen would show its keyboard over the conversation.
  if (account) (matchMedia("(pointer: fine)").matches ? box : log).focus();
  else $("people").querySelector(`[data-account="${CSS.escape(before)}"]`)?.focus();
}

// -- news --------------------------------------------------------------------------------------

async function listen(who, signal) {
  while (!signal.aborted) {
    try {
      const query = new URLSearchParams({ account: who, since });
      const answer = await fetch(`/local/changes?${query}`, { signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (signal.aborted) return;
      $("offline").hidden = true;
      take(told);
    } catch {
      if (signal.aborted) return;
      $("offline").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

function take(told) {
  if (told.changed < since) return location.reload(); // another database than a moment ago
  const first = since < 0;
  since = told.changed;
  latest = told.latest;
  if (first) forgetOld(told.changed);
  remember();
  setClock(told);
  if (!account) return drawPeople();
  standing = { drafts: told.drafts, asking: told.asking };
  if (told.lang && told.lang !== lang) speak(told.lang);
  else drawPeople();
  log.lang = lang;
  const reading = log.contains(document.activeElement);
  drawLog(told.messages, first);
  drawAnswering();
  attend();
  if (reading && lost()) [...shown.values()].at(-1).node.focus({ preventScroll: true });
}

/** Whether what had the focus is gone or can no longer be used. */
const lost = () => document.activeElement === document.body || document.activeElement?.disabled;

/** What has been read, by this window and others. */
function remember() {
  read = { ...read, ...JSON.parse(localStorage.getItem("read") ?? "{}") };
  if (!document.hidden && account && since >= 0) read[account] = since;
  localStorage.setItem("read", JSON.stringify(read));
}

/** Numbers of an older database do not count in this one. */
function forgetOld(newest) {
  const stored = JSON.parse(localStorage.getItem("read") ?? "{}");
  if (Object.values(stored).some((number) => number > newest)) localStorage.removeItem("read");
}

// -- the conversation --------------------------------------------------------------------------

const page = {
  word,
  clockTime,
  dayOf,
  localMoment,
  mark: () => ++marks,
  /** A form and its buttons live while the draft is open and nothing newer shows it. */
  live(message) {
    if (!message.draft) return true;
    return standing.drafts.includes(message.draft) && newestOf(message.draft) === message.id;
  },
  /** Whether the person went on talking after this message. */
  overtaken: (message) =>
    [...shown.values()].some((one) => one.message.kind === "said" && one.message.id > message.id),
  press: (message, button) =>
    act("press", { button: button.id, label: button.label, message: String(message.id) }, message),
  stop: (ask) =>
    act("press", { button: `form.stop:${ask.draft}`, label: ask.cancel, message: String(ask.id) }, ask),
  submit(ask, values) {
    shown.get(ask.id).dirty = false;
    act("submit", { form: ask.form, draft: ask.draft, message: String(ask.id), values }, ask);
  },
};

const newestOf = (draft) =>
  Math.max(...[...shown.values()].filter((one) => one.message.draft === draft).map((one) => one.message.id));

function drawLog(messages, first) {
  const along = first || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  log.setAttribute("aria-busy", String(first)); // an old conversation is not read aloud
  const fresh = [];
  for (const message of messages) {
    const known = shown.get(message.id);
    if (known) known.message = message;
    else {
      shown.set(message.id, { message, node: null, signature: "", dirty: false });
      fresh.push(message.id);
    }
  }
  for (const one of shown.values()) redraw(one);
  log.setAttribute("aria-busy", "false");
  if (first) log.scrollTop = log.scrollHeight;
  else if (fresh.length && acting()) scrollTo(answerTo(expecting)[0]?.node ?? log.lastChild);
  else if (fresh.length && along) scrollTo(shown.get(fresh[0]).node);
}

/** Draw a message anew only when it would look different: what is half typed must stay. */
function redraw(one) {
  const { message } = one;
  const signature = [message.version, page.live(message), page.overtaken(message), lang].join();
  if (one.signature === signature || (one.dirty && standing.drafts.includes(message.draft))) return;
  const node = drawMessage(message, page);
  node.addEventListener("input", () => (one.dirty = true));
  if (one.node) one.node.replaceWith(node);
  else {
    const before = log.querySelector(".message:last-child")?.dataset.day;
    if (before !== node.dataset.day) log.append(h("p.day", {}, h("span", {}, node.dataset.day)));
    log.append(node);
  }
  one.node = node;
  one.signature = signature;
}

/** Show the end, but never past the beginning of what is new. */
function scrollTo(node) {
  const end = log.scrollHeight - log.clientHeight;
  log.scrollTo({ top: Math.min(end, node.offsetTop - 12) });
}

function drawAnswering() {
  const asks = [...shown.values()].map((one) => one.message).filter((m) => m.kind === "ask");
  const ask = asks.findLast((one) => one.draft === standing.asking?.draft);
  const field = ask?.fields.find((one) => one.name === standing.asking.field);
  box.placeholder = word(field ? "answer" : "placeholder");
  $("answering").hidden = !field;
  $("answering").textContent = field
    ? `${word("answering", { question: field.label })} ${word("answering_more")}`
    : "";
}

const acting = () => expecting && performance.now() < expecting.until;

/** What the bot said since we did something, oldest first. */
const answerTo = ({ after }) =>
  [...shown.values()].filter((one) => one.message.id > after && one.message.kind !== "said");

/** After our own act the focus goes to the answer: a wrong field, a new form, or a message. */
function attend() {
  if (!acting()) return;
  const { message, version } = expecting;
  const same = message && shown.get(message.id);
  if (same && same.message.version !== version) {
    expecting = null;
    const wrong = same.node.querySelector("[aria-invalid]");
    return (wrong ?? same.node).focus();
  }
  const fresh = answerTo(expecting);
  if (!fresh.length) return;
  if (lost()) fresh[0].node.focus({ preventScroll: true });
  const form = fresh.find((one) => one.message.whole && page.live(one.message));
  if (form) {
    expecting = null;
    const title = form.node.querySelector(".form .title");
    title.focus({ preventScroll: true });
    const room = log.getBoundingClientRect().bottom - title.getBoundingClientRect().top;
    if (room < log.clientHeight / 3) scrollTo(form.node);
  }
}

// -- what we do --------------------------------------------------------------------------------

async function post(path, data) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!answer.ok) throw new Error(answer.status === 413 ? "too_long" : "not_sent");
  return answer.json();
}

/** Tell the bot; its answer comes with the news. True when it arrived. */
async function act(name, data, message = null) {
  const after = Math.max(0, ...shown.keys());
  const until = performance.now() + FOLLOW;
  if (name !== "arrive") expecting = { message, version: message?.version, after, until };
  $("not-sent").hidden = true;
  try {
    await post(`/local/${name}`, { id: crypto.randomUUID(), account, lang, ...data });
    return true;
  } catch (problem) {
    expecting = null;
    $("not-sent").textContent = word(problem.message === "too_long" ? "too_long" : "not_sent");
    $("not-sent").hidden = false;
    return false;
  }
}

async function say() {
  const text = box.value.trim();
  if (!text) return;
  // The same words after a failure keep their id: had they arrived after all, they count once.
  if (unsent.text !== text) unsent = { text, id: crypto.randomUUID() };
  box.value = "";
  grow();
  if (await act("say", { id: unsent.id, text })) unsent = { text: "", id: "" };
  else box.value = text;
  grow();
}

/** Only what kind of file it is. The file is not read and not sent. */
function tellFiles(files) {
  if (account && files.length) {
    act("file", { kinds: [...files].map((file) => file.type || "application/octet-stream") });
  }
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
}

// -- the clock ---------------------------------------------------------------------------------

function setClock(told) {
  offset = new Date(told.now) - Date.now();
  ahead = told.ahead;
  drawClock();
}

function drawClock() {
  const moment = `${dayOf(now())} ${clockTime(now())}`;
  $("time").textContent = moment;
  $("time").dateTime = now().toISOString();
  $("steps").querySelector("[data-step=now]").hidden = !ahead;
  $("ahead").hidden = !ahead || !account;
  $("ahead").textContent = word("clock_ahead", { moment });
}

async function moveClock(step) {
  setClock(await post("/local/clock", { step }));
  $("clock-status").textContent = word("clock_set", { moment: $("time").textContent });
}

// -- begin -------------------------------------------------------------------------------------

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
});
$("file").addEventListener("change", (event) => {
  tellFiles(event.target.files);
  event.target.value = "";
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  tellFiles(event.dataTransfer.files);
});
$("steps").addEventListener("click", (event) => {
  if (event.target.dataset.step) moveClock(event.target.dataset.step);
});
$("languages").addEventListener("click", (event) => {
  const wanted = event.target.dataset.lang;
  if (!wanted || wanted === lang) return;
  if (account) act("press", { button: `language:${wanted}`, label: event.target.ariaLabel });
  else speak(wanted);
});
$("back").addEventListener("click", () => choose(""));
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (account ? box : $("people").querySelector("button")).focus();
});
$("mail-off").hidden = start.mail;
document.addEventListener("visibilitychange", remember);
addEventListener("storage", () => {
  remember();
  drawPeople();
});
setInterval(drawClock, 15000);
addEventListener("hashchange", arrive);
speak(lang);
arrive();
