// The page: who you are, the news by long poll, what you do, and the clock.

import { ask } from "./door.js";
import { h } from "./element.js";
import * as talk from "./log.js";
import { ahead, clockTime, dayOf, lang, now, setLanguage, setTime, start, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const box = $("message");
const people = new Map(start.people.map((person) => [person.account, person]));

let read = {}; // account -> the last change that was seen
let account = ""; // who we are now
let since = -1; // the last change we have seen
let latest = {}; // account -> the last change by the bot
let polling = new AbortController();
let unsent = { text: "", id: "" };

// -- language ----------------------------------------------------------------------------------

function speak(wanted) {
  setLanguage(wanted);
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
  talk.clear();
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
      const answer = await ask(`/local/changes?${query}`, { signal });
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
  setTime(told);
  drawClock();
  if (!account) return drawPeople();
  if (told.lang && told.lang !== lang) speak(told.lang);
  else drawPeople();
  talk.takeNews(told, first);
  drawAnswering();
}

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

// -- what we do --------------------------------------------------------------------------------

async function post(path, data) {
  const answer = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!answer.ok) throw new Error(answer.status === 413 ? "too_long" : "not_sent");
  return answer.json();
}

/** Tell the bot; its answer comes with the news. True when it arrived. */
async function act(name, data, message = null) {
  if (name !== "arrive") talk.expect(message);
  $("not-sent").hidden = true;
  try {
    await post(`/local/${name}`, { id: crypto.randomUUID(), account, lang, ...data });
    return true;
  } catch (problem) {
    talk.expectNothing();
    $("not-sent").textContent = word(problem.message === "too_long" ? "too_long" : "not_sent");
    $("not-sent").hidden = false;
    return false;
  }
}

function drawAnswering() {
  const question = talk.openQuestion();
  box.placeholder = word(question ? "answer" : "placeholder");
  $("answering").hidden = !question;
  $("answering").textContent = question
    ? `${word("answering", { question })} ${word("answering_more")}`
    : "";
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

function drawClock() {
  const moment = `${dayOf(now())} ${clockTime(now())}`;
  $("time").textContent = moment;
  $("time").dateTime = now().toISOString();
  $("steps").querySelector("[data-step=now]").hidden = !ahead;
  $("ahead").hidden = !ahead || !account;
  $("ahead").textContent = word("clock_ahead", { moment });
}

async function moveClock(step) {
  setTime(await post("/local/clock", { step }));
  drawClock();
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
talk.connect(act);
speak(lang);
arrive();
