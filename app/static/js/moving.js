// Moving over the paper: which item is the current one, the keys, and the jumps from the cells.

import { isAsking } from './dialog.js';

const TYPED = 'input[type="text"], input[type="search"], textarea, select';
const FORWARD = ['ArrowDown', 'ArrowRight', 'j'];
const BACK = ['ArrowUp', 'ArrowLeft', 'k'];

export class Moving {
  /** onHere(index) when another item becomes current, onChosen(index) after a key chose, onMark(index) for M. */
  constructor(sheet, panel, { onChosen, onMark }) {
    Object.assign(this, { sheet, panel, onChosen, onMark });
    this.order = sheet.indexes();
    this.here = this.order[0];
    this.cameByTab = false;
    this.inSight = new Set();
    this.pausedUntil = 0;
    this.listen();
    this.watch();
    panel.showHere(this.here);
  }

  listen() {
    document.addEventListener('keydown', (event) => this.onKey(event));
    document.addEventListener('pointerdown', () => { this.cameByTab = false; });
    this.sheet.items.forEach(({ index, element }) => {
      element.addEventListener('focusin', () => this.settleOn(index));
      element.addEventListener('click', () => this.settleOn(index));
    });
    this.panel.cells.forEach((cell, index) => cell.addEventListener('click', (event) => {
      event.preventDefault();
      this.panel.closeDrawer();
      this.go(index);
    }));
  }

  /** While scrolling, the topmost item in the upper half of the window is the current one. */
  watch() {
    if (typeof IntersectionObserver !== 'function') return;
    const observer = new IntersectionObserver((entries) => {
      entries.forEach((entry) => {
        const index = Number(entry.target.dataset.index);
        if (entry.isIntersecting) this.inSight.add(index); else this.inSight.delete(index);
      });
      if (this.inSight.size === 0 || performance.now() < this.pausedUntil) return;
      this.setHere(this.order.find((index) => this.inSight.has(index)));
    }, { rootMargin: '-18% 0px -55% 0px' });
    this.sheet.items.forEach(({ element }) => observer.observe(element));
  }

  setHere(index) {
    this.here = index;
    this.panel.showHere(index);
  }

  // A click or a focus is a clearer word than the scroll position that follows from it.
  settleOn(index) {
    this.pausedUntil = performance.now() + 400;
    this.setHere(index);
  }

  /** Bring an item to the top, with the focus on its choice. */
  go(index) {
    const { element, inputs } = this.sheet.items.get(index);
    this.settleOn(index);
    element.scrollIntoView({ block: 'start' });
    const stop = inputs.find((input) => input.checked) || inputs[0];
    if (stop) stop.focus({ preventScroll: true });
  }

  step(by) {
    const next = this.order[this.order.indexOf(this.here) + by];
    if (next !== undefined) this.go(next);
  }

  onKey(event) {
    if (event.key === 'Tab') this.cameByTab = true;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isAsking() || this.panel.isDrawn() || event.target.matches(TYPED)) return;
    if (this.isInRadios(event)) return;
    if (this.act(event.key.length === 1 ? event.key.toLowerCase() : event.key, event.target)) {
      event.preventDefault();
      this.cameByTab = false;
    }
  }

  // Whoever tabbed into a group of radios expects the arrows to choose, as everywhere. After a click they would spoil an answer.
  isInRadios(event) {
    return this.cameByTab && event.target.type === 'radio' && (event.key === 'ArrowUp' || event.key === 'ArrowDown');
  }

  act(key, target) {
    if (FORWARD.includes(key)) this.step(1);
    else if (BACK.includes(key)) this.step(-1);
    else if (key === 'Enter') return this.enter(target);
    else if (key === 'm') this.onMark(this.here);
    else return this.choose(key);
    return true;
  }

  enter(target) {
    if (target.matches('button, a')) return false;
    this.step(1);
    return true;
  }

  /** A to H or 1 to 9: the option of that place on the current item. */
  choose(key) {
    const { inputs } = this.sheet.items.get(this.here);
    const place = /^[a-h]$/.test(key) ? key.charCodeAt(0) - 97 : (/^[1-9]$/.test(key) ? Number(key) - 1 : -1);
    const input = inputs[place];
    if (!input || input.disabled) return false;
    input.checked = input.type === 'checkbox' ? !input.checked : true;
    input.focus({ preventScroll: true });
    this.onChosen(this.here);
    return true;
  }
}
