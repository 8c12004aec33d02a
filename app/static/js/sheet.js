// The answer sheet: what is chosen and marked, and which of it the server has not acknowledged yet.

export class Sheet {
  /** Reads the server's truth from the attributes of the page, not from what a browser restored into its controls. */
  constructor(form) {
    this.lease = form.dataset.lease;
    this.revision = Number(form.dataset.revision);
    this.sentRevision = this.revision;
    this.unsaved = new Map();          // item index → the revision that first carries its newest state
    this.items = new Map();
    this.marked = new Set();
    form.querySelectorAll('.item').forEach((element) => this.adopt(element));
  }

  adopt(element) {
    const index = Number(element.dataset.index);
    const inputs = Array.from(element.querySelectorAll('input'));
    const flag = element.querySelector('.flag');
    inputs.forEach((input) => { input.checked = input.defaultChecked; });
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

  /** The whole sheet as the server wants it. */
  packet() {
    return { lease: this.lease, revision: this.revision, responses: this.responses(), marked: this.marks() };
  }

  /** The same for this browser's own copy; which items are unsaved matters more there than the lease. */
  copy() {
    return { revision: this.revision, responses: this.responses(), marked: this.marks(), unsaved: Array.from(this.unsaved.keys()) };
  }

  noteSent() {
    this.sentRevision = this.revision;
  }

  /** The server has `revision`. Should its own be newer than ours, what we have unsaved moves past it. */
  noteSaved(revision, stored) {
    Array.from(this.unsaved).forEach(([index, changedIn]) => { if (changedIn <= revision) this.unsaved.delete(index); });
    if (stored > this.revision) {
      this.sentRevision = stored;
      this.revision = stored + (this.unsaved.size ? 1 : 0);
      Array.from(this.unsaved.keys()).forEach((index) => this.unsaved.set(index, this.revision));
    }
  }

  /**
   * Take over what a kept copy has and the page has not. A newer copy wins on the items it could not save; an older one
   * (the candidate went on elsewhere) only fills what is still blank. Returns the number of items taken.
   */
  merge(copy) {
    const isNewer = copy.revision > this.revision;
    const taken = copy.unsaved.map(Number).filter((index) => this.items.has(index) && this.takes(index, copy, isNewer));
    if (taken.length === 0) return 0;
    this.revision = Math.max(this.revision, copy.revision) + 1;
    taken.forEach((index) => this.unsaved.set(index, this.revision));
    return taken.length;
  }

  takes(index, copy, isNewer) {
    const theirs = (copy.responses[index] || []).map(Number);
    const isMarked = copy.marked.indexOf(index) >= 0;
    const differs = String(theirs) !== String(this.chosen(index)) || isMarked !== this.marked.has(index);
    if (!differs || (!isNewer && (this.isAnswered(index) || theirs.length === 0))) return false;
    this.items.get(index).inputs.forEach((input) => { input.checked = theirs.indexOf(Number(input.value)) >= 0; });
    if (isNewer) this.setMark(index, isMarked);
    return true;
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
