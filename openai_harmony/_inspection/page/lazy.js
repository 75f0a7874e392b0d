// Places that are filled only while they are near the window, so that the page stays small for any number of tokens.

const NEAR = "900px 0px";
const places = new WeakMap();

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!target.isConnected) watcher.unobserve(target);
    else if (isIntersecting) places.get(target).fill();
    else places.get(target).empty();
  }
}, { rootMargin: NEAR });

class Place {
  // `height` is what it takes up before it is filled for the first time; `build` returns its children.
  constructor(element, height, build, left = () => {}) {
    this.element = element;
    this.filled = false;
    this.build = build;
    this.left = left;
    element.style.minHeight = `${height}px`;
    places.set(element, this);
    watcher.observe(element);
  }

  fill() {
    if (this.filled) return;
    this.filled = true;
    this.element.replaceChildren(...this.build());
    this.element.style.minHeight = "";
  }

  empty() {
    if (!this.filled || this.element.contains(document.activeElement)) return;
    this.element.style.minHeight = `${this.element.offsetHeight}px`;
    this.filled = false;
    this.left();
    this.element.replaceChildren();
  }
}
