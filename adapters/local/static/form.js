// Draws a form as a real HTML form, and reads it back. The server judges every answer.

import { h } from "./element.js";

const MOST_RADIOS = 8;

/** The form of an Ask. Wrong answers are kept and stand under their field. */
export function drawForm(ask, page) {
  const id = `form-${ask.draft}-${page.mark()}`;
  const wrong = ask.fields.some((field) => field.error);
  const form = h(
    "form.form",
    { novalidate: true, autocomplete: "off", "aria-labelledby": `${id}-title` },
    h(
      "div.form-head",
      {},
      h("h3.title", { id: `${id}-title`, tabindex: "-1" }, ask.title),
      ask.intro ? h("p.text", {}, ask.intro) : null,
      ask.fields.some((field) => field.required)
        ? h("p.note", {}, page.word("required_more"))
        : null,
    ),
    wrong ? h("p.error.summary", { role: "alert" }, page.word("errors")) : null,
    ...ask.fields.map((field) => drawField(field, `${id}-${field.name}`, page)),
    h(
      "div.buttons",
      {},
      h("button.button.primary", { type: "submit" }, ask.submit),
      h("button.button", { type: "button", onclick: () => page.stop(ask) }, ask.cancel),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.submit(ask, readForm(form, ask.fields));
  });
  return form;
}

/** Every answer by the field's name; what is empty is there as ''. */
function readForm(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.kind === "choices" ? data.getAll(field.name) : (data.get(field.name) ?? ""),
    ]),
  );
}

function drawField(field, id, page) {
  const hint = field.hint ? h("p.hint", { id: `${id}-hint` }, field.hint) : null;
  const error = field.error ? h("p.error", { id: `${id}-error` }, field.error) : null;
  const described = [hint, error].filter(Boolean).map((part) => part.id);
  const common = {
    "aria-describedby": described.join(" ") || null,
    "aria-invalid": field.error ? "true" : null,
    "aria-required": field.required ? "true" : null,
  };
  const name = error ? "div.field.wrong" : "div.field";
  if (isGroup(field)) {
    return h(name, {}, drawGroup(field, id, common, [hint, error], page));
  }
  return h(
    name,
    {},
    h("label", { for: id }, field.label, ...star(field, page)),
    hint,
    drawInput(field, { id, name: field.name, ...common }, page),
    error,
  );
}

function isGroup(field) {
  if (field.kind === "choice") return field.options.length <= MOST_RADIOS;
  return field.kind === "choices" || field.kind === "yes_no";
}

function star(field, page) {
  if (!field.required) return [];
  return [
    h("span.star", { "aria-hidden": "true" }, " *"),
    h("span.visually-hidden", {}, ` (${page.word("required")})`),
  ];
}

function drawGroup(field, id, common, [hint, error], page) {
  const many = field.kind === "choices";
  const chosen = many ? field.value : [field.value];
  const options = field.options.map(([value, label], index) => {
    const input = h("input", {
      type: many ? "checkbox" : "radio",
      id: `${id}-${index}`,
      name: field.name,
      value,
      checked: chosen.includes(value),
      "aria-invalid": common["aria-invalid"],
    });
    return h("label.option", { for: input.id }, input, h("span", {}, label));
  });
  const { "aria-invalid": _, ...group } = common;
  if (many) delete group["aria-required"];
  return h(
    "fieldset",
    { role: many ? null : "radiogroup", ...group },
    h("legend", {}, field.label, ...star(field, page)),
    hint,
    ...options,
    error,
  );
}

function drawInput(field, attributes, page) {
  if (field.kind === "paragraph") return h("textarea", { rows: "4", ...attributes }, field.value);
  if (field.kind === "choice") {
    const options = [["", page.word("choose_one")], ...field.options].map(([value, label]) =>
      h("option", { value, selected: value === field.value }, label),
    );
    return h("select", attributes, ...options);
  }
  const types = { date: "date", moment: "datetime-local" };
  const input = h("input", {
    type: types[field.kind] ?? "text",
    // A number stays text, so that the server can say what is wrong with it.
    inputmode: field.kind === "number" ? "numeric" : null,
    value: field.value,
    ...attributes,
  });
  if (field.kind !== "date" && field.kind !== "moment") return input;
  const moment = field.kind === "moment";
  const fill = () => {
    input.value = moment ? page.localMoment() : page.localMoment().slice(0, 10);
    input.focus();
  };
  const button = h(
    "button.button.small",
    { type: "button", onclick: fill },
    page.word(moment ? "fill_now" : "fill_today"),
    h("span.visually-hidden", {}, `: ${field.label}`),
  );
  return h("div.with-now", {}, input, button);
}
