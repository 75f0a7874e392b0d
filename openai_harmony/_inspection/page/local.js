// The form of the local page: what is pasted goes to the server that gave the page, and its answer is shown.

const PAUSE = 250; // milliseconds without a key, until the input is sent

class Form {
  constructor(options) {
    this.options = options;
    this.waiting = null;
    this.asked = null;
    for (const name of ["kind", "role", "end"]) {
      byId(name).append(...options[name].map(([value, text]) => make("option", { value }, text)));
      byId(name).addEventListener("change", () => this.send());
    }
    byId("input").addEventListener("input", () => this.soon());
    byId("clear").addEventListener("click", () => this.put(""));
    byId("example").addEventListener("click", () => this.put(options.example));
  }

  put(text) {
    byId("input").value = text;
    byId("input").focus();
    this.send();
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.send(), PAUSE);
  }

  async send() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    const text = byId("input").value;
    if (text.trim() === "") {
      this.empty("");
      return;
    }
    const asked = (this.asked = new AbortController());
    const chosen = Object.fromEntries(["kind", "role", "end"].map((name) => [name, byId(name).value]));
    try {
      const answer = await fetch("/inspect", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text, ...chosen }),
        signal: asked.signal,
      });
      const data = await answer.json();
      if (asked.signal.aborted) return;
      if (!answer.ok) return this.empty(data.error);
      this.complain("");
      page.show(data);
    } catch (error) {
      if (error.name !== "AbortError") this.complain("The server does not answer.");
    }
  }

  empty(complaint) {
    byId("inspection").hidden = true;
    byId("summary").textContent = this.options.hint;
    this.complain(complaint);
  }

  complain(text) {
    byId("complaint").textContent = text;
  }
}

byId("summary").textContent = given.hint;
const form = new Form(given);
