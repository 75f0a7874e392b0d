// The streaming parser after each token.

class Steps {
  constructor(page) {
    this.page = page;
    this.slider = byId("step");
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    document.querySelectorAll("[data-step]").forEach((button) =>
      button.addEventListener("click", () => this.press(button.dataset.step)));
    this.position = 0;
  }

  show(data) {
    this.data = data;
    this.end = data.tokens.id.length + 1; // after the end of input
    this.position = this.end;
    this.slider.max = this.end;
    this.tell();
  }

  get atEnd() {
    return this.position === this.end;
  }

  press(step) {
    const { events } = this.data.steps;
    const next = events.find(({ position }) => position > this.position);
    const to = { first: 0, back: this.position - 1, forth: this.position + 1, last: this.end };
    this.go(step === "event" ? (next?.position ?? this.end) : to[step]);
  }

  go(position) {
    this.position = Math.max(0, Math.min(position, this.end));
    this.tell();
    const last = Math.min(this.position, this.end - 1) - 1;
    if (last >= 0) this.page.messages.reveal(last)?.scrollIntoView({ block: "nearest" });
    this.page.messages.repaint();
  }

  label() {
    if (this.position === 0) return "before the first token";
    if (this.atEnd) return "after the end of input";
    return `after ${counted(this.position, "token")} of ${(this.end - 1).toLocaleString("en")}`;
  }

  tell() {
    const { steps, tokens, messages } = this.data;
    this.slider.value = this.position;
    const label = this.label();
    this.slider.setAttribute("aria-valuetext", label);
    byId("step-label").textContent = label;
    const state = steps.states[lastAtMost(steps.states.length, (index) => steps.states[index].position, this.position)];
    const at = this.position - 1;
    const delta = at >= 0 && at < steps.deltas.length ? steps.deltas[at] : null;
    describe(byId("state"), [
      ["token", at >= 0 && at < tokens.id.length ? quoted(tokens.character[at] ?? tokens.text[at]) : "none", true],
      ["state", state.state],
      ["role", state.role ?? "none"],
      ...Object.entries(state.fields).map(([name, value]) => [name, value === null ? "none" : seen(value)]),
      ["delta", delta === null ? "none" : quoted(delta), delta !== null],
      ["text so far", this.textSoFar(state), true],
    ]);
    const told = steps.events.filter(({ position }) => position === this.position);
    byId("told").replaceChildren(...told.map((event) => this.event(event)));
  }

  textSoFar(state) {
    const { steps } = this.data;
    const begun = lastAtMost(steps.events.length, (index) => steps.events[index].position, this.position);
    let start = null;
    for (let index = begun; index >= 0; index -= 1) {
      const { event, position } = steps.events[index];
      if (event === "end") break;
      if (event === "start") {
        start = position;
        break;
      }
    }
    if (start === null || state.state === steps.states[0].state) return "none";
    const text = steps.deltas.slice(Math.max(0, start - 1), this.position).filter((delta) => delta !== null).join("");
    return text.length > 240 ? `\u2026${quoted(text.slice(-240))}` : quoted(text);
  }

  event({ event, which }) {
    if (event === "recovery") return make("li", { class: "bad" }, `recovered: ${this.data.recoveries[which].kind}`);
    return make("li", {}, event === "start" ? `message ${which} starts` : `message ${which} is complete`);
  }
}
