// The conversation: draws what is new, keeps what is half typed, and moves the focus along.

import { drawMessage } from "./draw.js";
import { h } from "./element.js";
import { clockTime, dayOf, lang, localMoment, word } from "./words.js";

const FOLLOW = 3000; // milliseconds in which a form that comes is the answer to our own act
const NEAR = 120; // pixels from the bottom that still count as "reading along"

const log = document.getElementById("log");
let shown = new Map(); // message id -> {message, node, signature, dirty}
let standing = { drafts: [], asking: null };
let expecting = null; // what we just did, so that the focus can follow the answer
let act = null; // how to tell the bot
let marks = 0;

/** Tells this module how a press or a form reaches the bot. */
export function connect(how) {
  act = how;
}

/** Another conversation. */
export function clear() {
  shown = new Map();
  standing = { drafts: [], asking: null };
  expecting = null;
  log.replaceChildren();
}

/** We did something, perhaps with a message of the bot. */
export function expect(message) {
  const after = Math.max(0, ...shown.keys());
  expecting = { message, version: message?.version, after, until: performance.now() + FOLLOW };
}

/** It did not arrive: nothing will answer. */
export function expectNothing() {
  expecting = null;
}

/** News of this conversation. `first`: all of it, to be shown and not read aloud. */
export function takeNews(told, first) {
  standing = { drafts: told.drafts, asking: told.asking };
  log.lang = lang;
  const reading = log.contains(document.activeElement);
  drawLog(told.messages, first);
  attend();
  if (reading && lost()) [...shown.values()].at(-1).node.focus({ preventScroll: true });
}

/** The question that the next typed sentence is taken to answer; '' when there is none. */
export function openQuestion() {
  const asks = [...shown.values()].map((one) => one.message).filter((m) => m.kind === "ask");
  const ask = asks.findLast((one) => one.draft === standing.asking?.draft);
  return ask?.fields.find((one) => one.name === standing.asking.field)?.label ?? "";
}

/** Whether what had the focus is gone or can no longer be used. */
const lost = () => document.activeElement === document.body || document.activeElement?.disabled;

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
