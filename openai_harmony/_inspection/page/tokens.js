// The messages and their tokens: which are shown, and what their colours say.

const CHUNK = 250; // tokens that are filled and emptied at once
const MOST = 330;
const LONG = 4000; // characters of a text that are shown at first

// Consecutive tokens of the same message, and messages without tokens, in their order.
function blocksOf(data) {
  const { message } = data.tokens;
  const blocks = [];
  let written = 0;
  const omitted = (end) => {
    for (; written < end; written += 1) {
      if (data.messages[written].omitted) blocks.push({ message: written, start: 0, end: 0 });
    }
  };
  for (let start = 0; start < message.length; ) {
    let end = start + 1;
    while (end < message.length && message[end] === message[start]) end += 1;
    if (message[start] !== null) omitted(message[start]);
    blocks.push({ message: message[start], start, end });
    if (message[start] !== null) written = message[start] + 1;
    start = end;
  }
  omitted(data.messages.length);
  return blocks;
}

class Messages {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.shown = new Map(); // the elements of the tokens that are filled, by position
    this.current = 0; // the token whose details are shown
    this.stop = 0; // the token that takes the focus of the Tab key: the current one, if it is filled
  }

  show(data) {
    this.data = data;
    this.size = data.tokens.id.length;
    this.current = Math.min(this.current, Math.max(0, this.size - 1));
    this.shown.clear();
    this.blocks = blocksOf(data);
    this.withTokens = this.blocks.filter((block) => block.end > block.start);
    this.starts = this.withTokens.map((block) => block.start);
    this.faulty = new Uint8Array(this.size);
    data.recoveries.forEach(({ start, end }) => this.faulty.fill(1, start, Math.max(end, start + 1)));
    this.root.replaceChildren(...this.blocks.map((block) => this.slot(block)));
  }

  slot(block) {
    const element = make("div", { class: "slot" });
    const lines = Math.ceil((block.end - block.start) / 14) + 1;
    block.chunks = [];
    block.place = new Place(element, 60 + lines * 26, () => [this.article(block)], () => this.forget(block));
    return element;
  }

  forget(block) {
    block.chunks.forEach(({ start, end }) => this.drop(start, end));
    block.chunks = [];
  }

  drop(start, end) {
    for (let at = start; at < end; at += 1) this.shown.delete(at);
    if (this.stop >= start && this.stop < end && this.shown.size) this.stopAt(this.shown.keys().next().value);
  }

  stopAt(at) {
    const before = this.stop;
    this.stop = at;
    this.paint(before);
    this.paint(at);
  }

  article(block) {
    const message = block.message === null ? null : this.data.messages[block.message];
    const article = make("article", { class: "message" });
    article.append(message === null ? this.outsideHeading(block) : this.heading(block, message));
    if (message === null) article.classList.add("outside");
    else if (message.is_hidden) article.classList.add("hidden-channel");
    if (message !== null && this.page.layout === "messages") article.append(...this.card(message));
    else if (block.end > block.start) article.append(this.flow(block));
    else article.append(this.textOf(message));
    return article;
  }

  outsideHeading(block) {
    const what = make("h3", {}, "outside messages");
    return make("header", {}, what, make("span", { class: "place" }, this.placeOf(block)));
  }

  heading(block, message) {
    const badge = (name, value) => make("span", { class: "badge" }, make("b", {}, `${name} `), seen(value));
    const note = (text) => make("span", { class: "badge note" }, text);
    const fields = Object.entries(message.fields).filter(([, value]) => value !== null);
    return make(
      "header",
      {},
      make("h3", {}, `${block.message} ${message.role}`),
      message.name === null ? null : badge("name", message.name),
      ...fields.map(([name, value]) => badge(name, value)),
      message.is_hidden ? note("hidden from users") : null,
      message.is_call ? note("tool call") : null,
      message.omitted ? note("omitted when rendered") : null,
      !message.omitted && message.stop === null ? note("no stop token") : null,
      block.start > this.page.unreadFrom ? note("not read") : null,
      make("span", { class: "place" }, this.placeOf(block)),
    );
  }

  placeOf({ start, end }) {
    return end > start ? `${counted(end - start, "token")}, ${start} to ${end}` : "";
  }

  card(message) {
    const rows = message.header.map(({ part, text, start, end }) => {
      const place = end - start > 1 ? `${start} to ${end}` : `${start}`;
      return [make("dt", {}, part), make("dd", { title: `tokens ${place}` }, inToken(text))];
    });
    const header = rows.length ? make("dl", { class: "header" }, ...rows.flat()) : null;
    const marks = this.page.reports ? message.recoveries.map((index) => this.page.mark(index)) : [];
    const faults = marks.length ? make("div", { class: "marks" }, ...marks) : null;
    return [header, faults, ...this.pieces(message)].filter((piece) => piece !== null);
  }

  pieces(message) {
    if (message.text === "") return [make("div", { class: "text empty" }, "no content")];
    const text = this.textOf(message);
    if (message.text.length <= LONG) return [text];
    const more = make("button", { type: "button", class: "plain" }, `Show all ${counted(message.text.length, "character")}`);
    more.addEventListener("click", () => {
      text.textContent = seen(message.text);
      more.remove();
    });
    return [text, more];
  }

  textOf(message) {
    return make("div", { class: "text" }, seen(message.text.slice(0, LONG)));
  }

  flow(block) {
    const flow = make("div", { class: "flow", role: "group", "aria-label": "tokens" });
    for (let start = block.start, end; start < block.end; start = end) {
      end = this.chunkEnd(start, block.end);
      const chunk = { start, end };
      const element = make("span");
      if (block.end - block.start > MOST) {
        element.style.display = "block";
        chunk.place = new Place(element, Math.ceil((end - start) / 14) * 26, () => this.elements(start, end), () =>
          this.drop(start, end));
      } else {
        element.append(...this.elements(start, end));
      }
      block.chunks.push(chunk);
      flow.append(element);
    }
    return flow;
  }

  // Where a chunk ends that begins at `start`: behind a line break, if one is near.
  chunkEnd(start, limit) {
    if (limit - start <= MOST) return limit;
    for (let at = start + CHUNK; at < start + MOST; at += 1) {
      if (this.data.tokens.text[at].includes("\n")) return at + 1;
    }
    return start + CHUNK;
  }

  elements(start, end) {
    const found = [];
    for (let at = start; at < end; at += 1) {
      const around = this.data.tokens.special[at] ? [make("wbr")] : []; // a line may end beside a special token
      found.push(...around, ...this.page.marks(at), this.token(at), ...around.map(() => make("wbr")));
    }
    if (end === this.size) found.push(...this.page.marks(end));
    if (this.shown.has(this.current)) this.stopAt(this.current);
    else if (!this.shown.has(this.stop)) this.stopAt(start);
    return found;
  }

  token(at) {
    const { tokens } = this.data;
    const whole = tokens.character[at] === null;
    const element = make("span", { role: "button", "data-at": at }, inToken(tokens.text[at]));
    element.setAttribute("aria-label", `token ${at}, ${tokens.part[at]}: ${whole ? tokens.text[at] : tokens.character[at]}`);
    this.shown.set(at, element);
    this.paint(at);
    return element;
  }

  kind(at) {
    const { part, special } = this.data.tokens;
    if (this.data.tokens.message[at] === null && part[at] !== "opening" && part[at] !== "begin") return "other";
    if (part[at] === "content") return "";
    if (part[at] === "stop" || part[at] === "other") return part[at];
    return special[at] || ["marker", "start", "header_end"].includes(part[at]) ? "framing" : "value";
  }

  paint(at) {
    const element = this.shown.get(at);
    if (!element) return;
    const { page } = this;
    const { tokens } = this.data;
    const names = ["t", this.kind(at)];
    if (at % 2) names.push("odd");
    if (tokens.character[at] !== null || tokens.bytes[at] === null) names.push("bytes");
    if (page.reports && this.faulty[at]) names.push("faulty");
    if (page.isOn(at)) names.push("on");
    if (page.search.hits.has(at)) names.push("hit");
    if (at > page.unreadFrom) names.push("unread");
    if (at >= page.steps.position) names.push("future");
    if (at === page.steps.position - 1 && !page.steps.atEnd) names.push("here");
    if (at === this.current) names.push("current");
    element.className = names.filter(Boolean).join(" ");
    element.tabIndex = at === this.stop ? 0 : -1;
  }

  repaint() {
    for (const at of this.shown.keys()) this.paint(at);
  }

  // Fills what is not on the page where a token is; returns the token's element, or null in the layout without tokens.
  reveal(at) {
    const block = this.withTokens[lastAtMost(this.starts.length, (index) => this.starts[index], at)];
    if (!block) return null;
    block.place.fill();
    const chunk = block.chunks.find(({ start, end }) => at >= start && at < end);
    if (!chunk) block.place.element.scrollIntoView({ block: "nearest" });
    chunk?.place?.fill();
    return this.shown.get(at) ?? null;
  }

  choose(at, { focus = true, scroll = true } = {}) {
    const before = this.current;
    this.current = Math.max(0, Math.min(at, this.size - 1));
    const element = this.reveal(this.current);
    this.paint(before);
    if (element) this.stopAt(this.current);
    if (element && focus) element.focus({ preventScroll: true });
    if (element && scroll) element.scrollIntoView({ block: "nearest" });
    this.page.details(this.current);
  }

  neighbour(at, direction) {
    const index = lastAtMost(this.starts.length, (number) => this.starts[number], at) + direction;
    return this.starts[Math.max(0, Math.min(index, this.starts.length - 1))];
  }
}
