// Finds text across tokens, ids, and positions.

const MOST_HITS = 20000;

class Search {
  constructor(page) {
    this.page = page;
    this.hits = new Set();
    this.found = [];
    this.index = -1;
    byId("query").addEventListener("input", () => this.look());
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.step(1);
    });
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("query").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        this.step(-1);
      }
    });
  }

  show(data) {
    const { text, character } = data.tokens;
    this.ids = data.tokens.id;
    this.starts = new Array(text.length); // where each token begins in the text of all
    const pieces = [];
    let length = 0;
    for (let at = 0; at < text.length; at += 1) {
      this.starts[at] = length;
      const isRest = character[at] !== null && at > 0 && character[at - 1] !== null;
      const piece = (isRest ? "" : (character[at] ?? text[at])).toLowerCase();
      pieces.push(piece);
      length += piece.length;
    }
    this.text = pieces.join("");
    this.look(false);
  }

  look(go = true) {
    const query = byId("query").value;
    this.found = this.matches(query);
    this.hits = new Set();
    for (const [start, end] of this.found) for (let at = start; at < end; at += 1) this.hits.add(at);
    this.index = -1;
    this.page.messages.repaint();
    if (go && this.found.length) this.step(1);
    else this.tell(query);
  }

  matches(query) {
    if (query === "") return [];
    const place = /^#(\d+)$/.exec(query);
    if (place) {
      const at = Number(place[1]);
      return at < this.ids.length ? [[at, at + 1]] : [];
    }
    const found = [];
    if (/^\d+$/.test(query)) {
      this.ids.forEach((id, at) => {
        if (String(id) === query) found.push([at, at + 1]);
      });
    }
    const wanted = query.toLowerCase();
    for (let from = this.text.indexOf(wanted); from >= 0; from = this.text.indexOf(wanted, from + wanted.length)) {
      const tokenAt = (offset) => lastAtMost(this.starts.length, (index) => this.starts[index], offset);
      found.push([tokenAt(from), tokenAt(from + wanted.length - 1) + 1]);
      if (found.length >= MOST_HITS) break;
    }
    return found.sort(([one], [other]) => one - other);
  }

  step(direction) {
    const { found } = this;
    if (!found.length) return;
    this.index = (this.index + direction + found.length) % found.length;
    if (this.index < 0) this.index = found.length - 1;
    this.page.messages.choose(found[this.index][0], { focus: false });
    this.tell(byId("query").value);
  }

  tell(query) {
    const { found, index } = this;
    byId("matches").textContent = query === "" ? "" : found.length ? `${index + 1} of ${found.length}` : "not found";
  }
}
