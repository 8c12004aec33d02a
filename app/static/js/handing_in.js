// Handing in: by the candidate after a question, or by the deadline. Said once, it is carried out as soon as it can be:
// everything unsaved first, then the hand-in itself, again and again until the server has both.

import { ask, hide } from './dialog.js';

const LATEST_JITTER_MS = 3000;
const LONGEST_WAIT_MS = 5000;
const PATIENCE_MS = 12000;

export class HandingIn {
  /**
   * `offered` holds what is still to be chosen item by item; onDone() is told when the paper is handed in,
   * onOver() when it cannot be from this page.
   */
  constructor(form, { sheet, saver, clock, offered, onDone, onOver }) {
    Object.assign(this, { form, sheet, saver, clock, offered, onDone, onOver });
    this.waiting = document.getElementById('waiting');
    this.timeUp = document.getElementById('time-up');
    this.isUnderWay = false;
    this.round = 0;
    this.told = null;                // the dialog that says what is waited for
    this.isTimeUp = false;
    this.isDone = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.offer();
    });
  }

  /** Ask with the figures; hand in when told to. */
  async offer() {
    if (this.isTimeUp || this.isUnderWay) return;
    if (this.saver.isOver) {
      this.onOver();
      return;
    }
    if (this.offered.isOpen()) {
      this.offered.ask();
      return;
    }
    this.saver.flush();
    const dialog = document.getElementById('hand-in');
    dialog.querySelector('[data-counts]').textContent = this.counts();
    if ((await ask(dialog)) === 'go' && !this.isTimeUp) this.complete();
  }

  counts() {
    const open = this.sheet.unanswered().length;
    const marked = this.sheet.marked.size;
    const parts = [];
    if (open) parts.push(`还有${open}题未答`);
    if (marked) parts.push(`${marked}题有标记`);
    return parts.length ? `${parts.join('，')}。` : `${this.sheet.items.size}题都已作答。`;
  }

  /** The deadline has come: no more changes; save and hand in; offline, wait and say so. */
  async onTimeUp() {
    if (this.isTimeUp || this.isDone) return;
    this.isTimeUp = true;
    this.offered.apply();
    this.sheet.lock();
    if (this.isUnderWay) {
      hide(this.waiting);              // it goes on, and can no longer be taken back
      return;
    }
    // Not all of a hall in the same second; the server's grace is far longer.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LATEST_JITTER_MS));
    this.complete();
  }

  /** Until it is done, taken back, or over for another reason. */
  async complete() {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.round += 1;
    const { round } = this;
    const goesOn = () => this.isUnderWay && this.round === round;
    this.sheet.lock();
    for (let failures = 0; goesOn(); failures += 1) {
      const outcome = await this.attempt(goesOn);
      if (outcome === 'done' || (goesOn() && outcome !== 'unreached')) {
        this.finish(outcome);
        return;
      }
      if (goesOn()) this.tellWaiting();
      await untilWorthTrying(failures);
    }
  }

  finish(outcome) {
    this.isUnderWay = false;
    [this.waiting, this.timeUp].forEach(hide);
    if (outcome === 'more time') {
      this.isTimeUp = false;
      this.told = null;
      this.sheet.unlock();
    } else if (outcome === 'done') {
      this.isDone = true;
      this.onDone();
    }
  }

  /** One try: 'done', 'unreached', 'more time' (an organizer moved the deadline), or why saving is over. */
  async attempt(goesOn) {
    const saved = await this.saver.flush();
    if (saved !== 'saved') return saved;
    if (this.isTimeUp && this.clock.secondsLeft() > 0) return 'more time';
    return goesOn() ? this.send() : 'unreached';
  }

  async send() {
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), PATIENCE_MS);
    const body = new URLSearchParams({ csrf_token: this.saver.csrf, confirmed: 'yes' });
    const request = { method: 'POST', credentials: 'same-origin', redirect: 'manual', signal: abort.signal, body };
    try {
      const response = await fetch(this.form.getAttribute('action'), request);
      if (response.type === 'opaqueredirect') return 'done';
      if (response.status >= 500 || response.status === 429) return 'unreached';
      const reason = response.status === 401 ? 'signed_out' : 'refused';
      this.saver.end(reason, {});
      return reason;
    } catch (unreached) {
      return 'unreached';
    } finally {
      clearTimeout(alarm);
    }
  }

  tellWaiting() {
    const dialog = this.isTimeUp ? this.timeUp : this.waiting;
    if (this.told === dialog) return;
    this.told = dialog;
    const said = ask(dialog);
    if (dialog === this.waiting) said.then(() => this.takeBack());
  }

  /** 先不交，继续作答: nothing has been handed in, and nothing will be by itself. */
  takeBack() {
    this.told = null;
    if (!this.isUnderWay || this.isTimeUp) return;
    this.isUnderWay = false;
    this.sheet.unlock();
  }
}

/** Wait longer after each failure, partly diced so that a hall does not come back in step; a network that is back ends it. */
function untilWorthTrying(failures) {
  const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(alarm);
      window.removeEventListener('online', soon);
      resolve();
    };
    const soon = () => setTimeout(done, Math.random() * 300);
    const alarm = setTimeout(done, longest / 2 + Math.random() * longest / 2);
    window.addEventListener('online', soon);
  });
}
