// Draws messages. Everything from the server becomes text nodes, never HTML.

import { h } from "./element.js";
import { drawForm } from "./form.js";

/** One message as an article. `page`: words, times and what pressing does. */
export function drawMessage(message, page) {
  const mine = message.kind === "said";
  const author = h("span.visually-hidden", {}, page.word(mine ? "you_say" : "bot_says"));
  const body = mine ? h("p.text", {}, message.text) : drawReply(message, page);
  const at = new Date(message.at);
  const stamp = h("time.stamp", { datetime: message.at }, page.clockTime(at));
  const article = h(
    `article.message.${mine ? "person" : "bot"}`,
    { "data-id": message.id, tabindex: "-1" },
    author,
    h("div.bubble", {}, body),
    stamp,
  );
  article.dataset.day = page.dayOf(at);
  return article;
}

function drawReply(message, page) {
  if (message.kind !== "ask") return drawSay(message, message, page);
  if (!page.live(message)) {
    // Answered in the meantime: the question stays to be read, the form does not.
    if (message.whole) return drawClosed(message, page);
    return drawSay(message.question, message, page);
  }
  if (message.whole) return drawForm(message, page);
  return h(
    "div",
    {},
    drawSay(message.question, message, page),
    h(
      "details.as-form",
      {},
      h("summary", {}, message.open),
      drawForm(message, page),
    ),
  );
}

function drawClosed(message, page) {
  return h(
    "div",
    {},
    h("h3.title", {}, message.title),
    h("p.note", {}, page.word("form_closed")),
  );
}

function drawSay(say, message, page) {
  return h(
    "div.say",
    {},
    say.title ? h("h3.title", {}, say.title) : null,
    say.text ? h("p.text", {}, ...withLinks(say.text)) : null,
    say.facts.length ? drawFacts(say.facts) : null,
    ...say.quotes.map((quote) => drawQuote(quote, page)),
    say.note ? h("p.note", {}, ...withLinks(say.note)) : null,
    say.buttons.length ? drawButtons(say, message, page) : null,
  );
}

function drawFacts(facts) {
  const rows = facts.map(([label, value]) =>
    h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, value)),
  );
  return h("table.facts", {}, h("tbody", {}, ...rows));
}

function drawQuote(quote, page) {
  const reading = quote.reading
    ? h(
        "div.reading",
        { lang: "en" },
        h("p.reading-label", {}, page.word("reading")),
        h("p.text", {}, quote.reading),
      )
    : null;
  return h(
    "figure.quote",
    {},
    h("figcaption", {}, quote.heading),
    h("blockquote", { lang: "nl" }, h("p.text", {}, quote.text)),
    reading,
  );
}

function drawButtons(say, message, page) {
  const live = page.live(message);
  const buttons = say.buttons.map((button) => {
    if (button.url) {
      return h(
        "a.button",
        { href: button.url, target: "_blank", rel: "noopener noreferrer" },
        button.label,
        h("span", { "aria-hidden": "true" }, "↗"),
        h("span.visually-hidden", {}, ` (${page.word("opens")})`),
      );
    }
    const name = ["button", button.style].filter(Boolean).join(".");
    const stale = !live || (button.id.startsWith("say:") && page.overtaken(message));
    return h(
      `button.${name}`,
      { type: "button", disabled: stale, onclick: () => page.press(message, button) },
      button.label,
    );
  });
  return h("div.buttons", {}, ...buttons);
}

/** Text with its web addresses as links. */
function withLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/).map((part, index) =>
    index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part,
  );
}
