// Elements and texts. Data becomes text nodes only: nothing here, or in the other files, reads it as HTML.

const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// What would be invisible, or change the order of what is shown: controls, marks of direction, zero-width characters.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu;
const escapedUnit = (unit) => `\\u{${unit.codePointAt(0).toString(16)}}`;
const seen = (text) => text.replace(UNSEEN, escapedUnit);
const inToken = (text) => seen(text).replaceAll("\n", "\u21b5\n").replaceAll("\t", "\u2192\t");
const quoted = (text) => seen(JSON.stringify(text));

const counted = (count, noun, plural = `${noun}s`) => `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;

// Rows of names and values in a <dl>; a row whose value is null is left out.
function describe(list, rows) {
  list.replaceChildren(
    ...rows
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value, code]) => make("div", {}, make("dt", {}, name), make("dd", { class: code ? "code" : "" }, value))),
  );
}

// A row of radio buttons in a fieldset; each option has a value, a text, and a note with more, for wide screens.
function choices(fieldset, options, chosen, choose) {
  const name = `choice-${fieldset.id}`;
  const labels = options.map(([value, text, note, more]) => {
    const input = make("input", { type: "radio", name, value, checked: value === chosen });
    input.addEventListener("change", () => choose(value));
    return make("label", {}, input, text, note ? make("small", {}, note, make("span", { class: "more" }, more)) : null);
  });
  fieldset.replaceChildren(fieldset.querySelector("legend"), ...labels);
}

// The last index whose value is at most `limit`, of ascending values; -1 if there is none.
function lastAtMost(size, valueAt, limit) {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
