// The answer sheet: what is chosen and marked, and which of it the server has not acknowledged yet.

export class Sheet {
  /** Begins with what stands in the page. */
  constructor(form) {
    this.unsaved = new Map();          // item index → the revision that first carries its newest state
    this.items = new Map();
    this.marked = new Set();
    this.early = [];                   // items that were answered before this script ran
    this.takeLease(form);
    form.querySelectorAll('.item').forEach((element) => this.adopt(element));
  }

  takeLease(form) {
    this.lease = form.dataset.lease;
    this.revision = Number(form.dataset.revision);
    this.sentRevision = this.revision;
    this.base = this.revision;         // what the server has, as far as this page knows
  }

  /** Begin anew from a page that was fetched: its lease, and what is stored, on the items that stand here. */
  restart(form) {
    this.unsaved.clear();
    this.takeLease(form);
    form.querySelectorAll('.item').forEach((element) => {
      const stored = Array.from(element.querySelectorAll('input')).filter((input) => input.defaultChecked);
      const isMarked = element.querySelector('.flag').getAttribute('aria-pressed') === 'true';
      this.put(Number(element.dataset.index), stored.map((input) => Number(input.value)), isMarked);
    });
  }

  adopt(element) {
    const index = Number(element.dataset.index);
    const inputs = Array.from(element.querySelectorAll('input'));
    const flag = element.querySelector('.flag');
    // A click may come before the script. (What a browser restores by itself is kept out by autocomplete="off".)
    if (inputs.some((input) => input.checked !== input.defaultChecked)) this.early.push(index);
    if (flag.getAttribute('aria-pressed') === 'true') this.marked.add(index);
    this.items.set(index, { index, element, inputs, flag });
  }

  /** Positions chosen on one item, ascending. */
  chosen(index) {
    return this.items.get(index).inputs.filter((input) => input.checked).map((input) => Number(input.value)).sort((a, b) => a - b);
  }

  isAnswered(index) {
    return this.items.get(index).inputs.some((input) => input.checked);
  }

  indexes() {
    return Array.from(this.items.keys());
  }

  unanswered() {
    return this.indexes().filter((index) => !this.isAnswered(index));
  }

  responses() {
    const responses = {};
    this.indexes().filter((index) => this.isAnswered(index)).forEach((index) => { responses[index] = this.chosen(index); });
    return responses;
  }

  marks() {
    return Array.from(this.marked).sort((a, b) => a - b);
  }

  toggleMark(index) {
    this.setMark(index, !this.marked.has(index));
    this.touch(index);
  }

  /** Note that an item changed. A revision that has left for the server is never changed: the next one carries the rest. */
  touch(index) {
    if (this.revision === this.sentRevision) this.revision += 1;
    this.unsaved.set(index, this.revision);
  }

  /** The whole sheet as the server wants it. With nothing unsaved it only asks how things stand: revision 0 stores nothing. */
  packet() {
    const revision = this.unsaved.size ? this.revision : 0;
    return { lease: this.lease, revision, responses: this.responses(), marked: this.marks() };
  }

  /** True while something changed that no packet has carried yet. */
  hasNews() {
    return this.unsaved.size > 0 && this.revision !== this.sentRevision;
  }

  /** The same for this browser's own copy, with which items are unsaved. */
  copy() {
    const { lease, base, revision } = this;
    const unsaved = Array.from(this.unsaved.keys());
    return { lease, base, revision, responses: this.responses(), marked: this.marks(), unsaved, at: Date.now() };
  }

  noteSent() {
    this.sentRevision = this.revision;
  }

  /** The server has `revision`. Should its own be newer than ours, what we have unsaved moves past it. */
  noteSaved(revision, stored) {
    this.base = Math.max(this.base, revision, stored);
    Array.from(this.unsaved).forEach(([index, changedIn]) => { if (changedIn <= revision) this.unsaved.delete(index); });
    if (stored > this.revision) {
      this.sentRevision = stored;
      this.revision = stored + (this.unsaved.size ? 1 : 0);
      Array.from(this.unsaved.keys()).forEach((index) => this.unsaved.set(index, this.revision));
    }
  }

  /** Whether an item stands otherwise on a kept copy; `withMarks` when a mark alone matters too. */
  differs(index, copy, withMarks) {
    const isElse = String(chosenIn(copy, index)) !== String(this.chosen(index));
    return isElse || (withMarks && isMarkedIn(copy, index) !== this.marked.has(index));
  }

  /** Take an item over from a kept copy; it is unsaved then. */
  take(index, copy) {
    this.put(index, chosenIn(copy, index), isMarkedIn(copy, index));
    this.touch(index);
  }

  put(index, chosen, isMarked) {
    this.items.get(index).inputs.forEach((input) => { input.checked = chosen.indexOf(Number(input.value)) >= 0; });
    this.setMark(index, isMarked);
  }

  setMark(index, isMarked) {
    const { flag } = this.items.get(index);
    if (isMarked) this.marked.add(index); else this.marked.delete(index);
    flag.setAttribute('aria-pressed', String(isMarked));
    flag.textContent = isMarked ? '已标记' : '标记';
    flag.setAttribute('aria-label', `${flag.textContent}第${index}题`);
  }

  lock() {
    this.setLocked(true);
  }

  unlock() {
    this.setLocked(false);
  }

  setLocked(isLocked) {
    this.items.forEach(({ inputs, flag }) => {
      inputs.forEach((input) => { input.disabled = isLocked; });
      flag.disabled = isLocked;
    });
  }
}

/** Positions chosen on one item of a kept copy, ascending. */
export function chosenIn(copy, index) {
  return (copy.responses[index] || []).map(Number).sort((a, b) => a - b);
}

function isMarkedIn(copy, index) {
  return copy.marked.indexOf(index) >= 0;
}
