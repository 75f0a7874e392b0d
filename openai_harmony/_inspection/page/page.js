// The page: what is chosen in it, and what that changes.

const LAYOUTS = [["tokens", "tokens"], ["messages", "messages"]];

class Page {
  constructor() {
    this.layout = "tokens";
    this.shade = "parts";
    this.strictness = null;
    this.messages = new Messages(byId("messages"), this);
    this.steps = new Steps(this);
    this.search = new Search(this);
    this.listen();
    this.themes();
  }

  show(data) {
    const names = data.readings.map(({ strictness }) => strictness);
    this.data = data;
    this.strictness = names.includes(this.strictness) ? this.strictness : data.strictness;
    byId("inspection").hidden = false;
    this.read();
    this.steps.show(data);
    this.search.hits = new Set();
    this.messages.show(data);
    this.search.show(data);
    this.choices();
    this.counts();
    byId("summary").textContent = data.summary;
    this.details(this.messages.current);
  }

  // what the mode makes of the tokens ------------------------------------------------------------

  read() {
    this.reading = this.data.readings.find(({ strictness }) => strictness === this.strictness);
    const [error] = this.reading.errors;
    this.reports = this.strictness === this.data.steps.strictness;
    this.unreadFrom = error ? error.position : Infinity;
    const verdict = byId("verdict");
    verdict.textContent = error ? this.complaint(error) : this.praise();
    verdict.classList.toggle("bad", Boolean(error));
    this.faults();
  }

  praise() {
    const count = this.data.recoveries.length;
    const read = `The mode \u201c${this.strictness}\u201d reads everything`;
    return this.reports && count ? `${read}, and reports ${counted(count, "recovery", "recoveries")}.` : `${read}.`;
  }

  complaint({ position, message }) {
    const { errors, messages } = this.reading;
    const more = errors.length > 1 ? ` ${counted(errors.length - 1, "more error")} would follow.` : "";
    const before = counted(messages, "message");
    return `The mode \u201c${this.strictness}\u201d raises at token ${position}, after ${before}: ${seen(message)}.${more}`;
  }

  // The marks in front of a token.
  marks(at) {
    const found = [];
    if (this.reports) {
      for (const index of this.marked.get(at) ?? []) found.push(this.mark(index));
    }
    if (at === this.unreadFrom) found.push(make("span", { class: "mark" }, "raises here"));
    return found;
  }

  mark(index) {
    const { kind, meaning } = this.data.recoveries[index];
    const mark = make("button", { type: "button", class: "mark", title: meaning }, `${index + 1} ${kind}`);
    mark.addEventListener("click", () => this.toFault(index));
    return mark;
  }

  faults() {
    this.marked = new Map();
    this.data.recoveries.forEach((recovery, index) => {
      this.marked.set(recovery.start, [...(this.marked.get(recovery.start) ?? []), index]);
    });
    const MOST = 200;
    const found = this.reports ? this.data.recoveries : this.reading.errors;
    const items = found.slice(0, MOST).map((fault, index) => this.fault(fault, index));
    if (found.length > MOST) items.push(make("li", { class: "quiet" }, `and ${found.length - MOST} more`));
    if (!items.length) items.push(make("li", { class: "quiet" }, "none"));
    byId("faults").replaceChildren(...items);
  }

  fault(fault, index) {
    const at = fault.position ?? fault.start;
    const end = fault.end ?? at;
    const place = end - at > 1 ? `tokens ${at} to ${end}` : `token ${at}`;
    const name = fault.kind ? `${index + 1} ${fault.kind}` : "error";
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => this.messages.choose(at));
    const left = fault.text ? [" Left out: ", make("code", {}, quoted(fault.text.slice(0, 300)))] : [];
    return make("li", { id: `fault-${index}` }, button, ` ${place}: ${seen(fault.meaning ?? fault.message)}`, ...left);
  }

  toFault(index) {
    const button = byId(`fault-${index}`)?.querySelector("button");
    button?.focus();
    button?.scrollIntoView({ block: "nearest" });
  }

  isOn(at) {
    const { sampled, loss } = this.data.tokens;
    return this.shade === "sampled" ? sampled[at] : this.shade === "loss" && Boolean(loss[at]);
  }

  // the side -------------------------------------------------------------------------------------

  details(at) {
    const { tokens, recoveries } = this.data;
    if (at < 0 || at >= tokens.id.length) return describe(byId("details"), [["token", "none"]]);
    const bytes = tokens.bytes[at];
    const kinds = this.reports ? recoveries.filter(({ start, end }) => at >= start && at < Math.max(end, start + 1)) : [];
    return describe(byId("details"), [
      ["position", `${at}`],
      ["id", `${tokens.id[at]}`],
      ["text", quoted(tokens.text[at]), true],
      ["completes", tokens.character[at] === null ? null : quoted(tokens.character[at]), true],
      ["bytes", bytes === null ? "unknown id" : (bytes.match(/../g) ?? []).join(" "), true],
      ["byte offset", `${tokens.offset[at]}`],
      ["part", tokens.part[at] + (tokens.special[at] ? ", special" : "")],
      ["message", tokens.message[at] === null ? "none" : `${tokens.message[at]}`],
      ["sampled", tokens.sampled[at] ? "yes" : "no"],
      ["loss", tokens.loss[at] === null ? null : `${tokens.loss[at]}`],
      ["faults", kinds.length ? kinds.map(({ kind }) => kind).join(", ") : null],
    ]);
  }

  counts() {
    const { totals } = this.data;
    const groups = (name, counts) => {
      const rows = Object.entries(counts);
      if (rows.every(([key]) => key === "")) return [];
      return rows.map(([key, count]) => [key === "" ? `no ${name}` : seen(key), count.toLocaleString("en")]);
    };
    const rows = [["all", totals.tokens], ["contents", totals.content], ["special", totals.special], ["sampled", totals.sampled]];
    rows.push(["in the loss", totals.loss], ["no message", totals.outside]);
    const shown = rows.filter(([, count]) => count !== null).map(([name, count]) => [name, count.toLocaleString("en")]);
    describe(byId("counts"), [...shown, ...groups("role", totals.by_role), ...groups("channel", totals.by_channel)]);
  }

  // choices --------------------------------------------------------------------------------------

  choices() {
    const modes = this.data.readings.map(({ strictness, errors }) => [
      strictness,
      strictness,
      ...(errors.length ? ["\u2715", " raises"] : ["\u2713", ""]),
    ]);
    choices(byId("modes"), modes, this.strictness, (value) => {
      this.strictness = value;
      this.read();
      this.again();
      if (this.unreadFrom < Infinity) this.messages.reveal(Math.min(this.unreadFrom, this.messages.size - 1));
    });
    choices(byId("layouts"), LAYOUTS, this.layout, (value) => {
      this.layout = value;
      this.again();
    });
    const shades = [["parts", "parts"], ["sampled", "sampled"]];
    if (this.data.totals.loss !== null) shades.push(["loss", "loss mask"]);
    if (!shades.some(([value]) => value === this.shade)) this.shade = "parts";
    choices(byId("shades"), shades, this.shade, (value) => this.colour(value));
    this.colour(this.shade);
  }

  colour(shade) {
    this.shade = shade;
    this.messages.root.classList.toggle("shaded", shade !== "parts");
    this.messages.repaint();
  }

  again() {
    this.messages.show(this.data);
    this.details(this.messages.current);
  }

  // keys and pointers ----------------------------------------------------------------------------

  listen() {
    const { root } = this.messages;
    const at = (event) => {
      const element = event.target.closest?.("[data-at]");
      return element ? Number(element.dataset.at) : null;
    };
    root.addEventListener("mouseover", (event) => {
      if (at(event) !== null) this.details(at(event));
    });
    root.addEventListener("mouseleave", () => this.details(this.messages.current));
    root.addEventListener("focusin", (event) => {
      if (at(event) !== null) this.messages.choose(at(event), { focus: false, scroll: false });
    });
    root.addEventListener("click", (event) => {
      if (at(event) !== null) this.messages.choose(at(event), { scroll: false });
    });
    root.addEventListener("keydown", (event) => {
      if (at(event) !== null && !event.ctrlKey && !event.metaKey && !event.altKey) this.key(event, at(event));
    });
    document.addEventListener("keydown", (event) => this.anywhere(event));
  }

  key(event, at) {
    const { messages } = this;
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: messages.neighbour(at, 1),
      ArrowUp: at > messages.neighbour(at, 0) ? messages.neighbour(at, 0) : messages.neighbour(at, -1),
      Home: 0,
      End: messages.size - 1,
    }[event.key];
    if (to !== undefined) messages.choose(to);
    else if (event.key === "Enter" || event.key === " ") this.steps.go(at + 1);
    else return;
    event.preventDefault();
  }

  anywhere(event) {
    const typing = event.target.closest?.("textarea, select, input:not([type=range], [type=radio])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    if (event.key === "/") byId("query").focus();
    else if (event.key === "[") this.steps.press("back");
    else if (event.key === "]") this.steps.press("forth");
    else return;
    event.preventDefault();
  }

  themes() {
    const names = ["system", "light", "dark"];
    const button = byId("theme");
    let index = 0;
    button.addEventListener("click", () => {
      index = (index + 1) % names.length;
      button.textContent = `Theme: ${names[index]}`;
      if (index === 0) delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = names[index];
    });
  }
}

const page = new Page();
const given = JSON.parse(byId("data").textContent);
if (given.tokens) page.show(given);
