// Handing in: by the candidate after a question, or by the deadline. The form itself is the last packet.

import { ask, hide } from './dialog.js';

const LATEST_JITTER_MS = 3000;

export class HandingIn {
  constructor(form, { sheet, saver, clock }) {
    Object.assign(this, { form, sheet, saver, clock });
    this.isLeaving = false;
    this.isTimeUp = false;
    form.addEventListener('submit', (event) => {
      if (this.isLeaving) return;
      event.preventDefault();
      this.offer();
    });
  }

  /** Ask with the figures; hand in when told to and the server can be reached. */
  async offer() {
    if (this.isTimeUp || this.saver.isOver) return;
    this.saver.flush();
    const dialog = document.getElementById('hand-in');
    dialog.querySelector('[data-counts]').textContent = this.counts();
    if ((await ask(dialog)) !== 'go' || this.isTimeUp) return;
    const outcome = await this.saver.flush();
    if (outcome === 'saved') this.send();
    else if (outcome === 'unreached') ask(document.getElementById('unreached'));
  }

  counts() {
    const open = this.sheet.unanswered().length;
    const marked = this.sheet.marked.size;
    const parts = [];
    if (open) parts.push(`还有${open}题未答`);
    if (marked) parts.push(`${marked}题有标记`);
    return parts.length ? `${parts.join('，')}。` : `${this.sheet.items.size}题都已作答。`;
  }

  /** The deadline has come: no more changes; save, then send the form; offline, wait and say so. */
  async onTimeUp() {
    if (this.isTimeUp || this.isLeaving) return;
    this.isTimeUp = true;
    this.sheet.lock();
    // Not all of a hall in the same second; the server's grace is far longer.
    await pause(Math.random() * LATEST_JITTER_MS);
    let outcome = await this.saver.flush();
    if (outcome === 'unreached') ask(document.getElementById('time-up'));
    while (outcome === 'unreached') {
      await pause(1000);
      outcome = await this.saver.flush();
    }
    if (outcome === 'saved' && this.clock.secondsLeft() > 0) this.resume();
    else if (outcome === 'saved') this.send();
  }

  /** The answer brought a later deadline: an organizer gave more time. */
  resume() {
    this.isTimeUp = false;
    this.sheet.unlock();
    hide(document.getElementById('time-up'));
  }

  /** Leave with the form, which carries the whole sheet once more. */
  send() {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.form.elements.revision.value = String(this.sheet.revision);
    this.form.elements.confirmed.disabled = false;
    this.sheet.unlock();                 // disabled controls would stay behind
    this.form.submit();
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
