// The way of a sheet to the server: the newest state, again and again until it is acknowledged.

const BATCH_MS = 300;
const OVERTAKE_MS = 1500;              // with BATCH_MS and a slow network: what is clicked leaves within two seconds
const MOST_UNDER_WAY = 3;
const PATIENCE_MS = 12000;
const HURRY_MS = 3000;
const LONGEST_WAIT_MS = 20000;
const RETRY_SHOWN_MS = 500;

// Answers after which saving from this page is over; the page then says what to do.
const FINAL = { 401: 'signed_out', 410: 'late', 400: 'refused', 403: 'refused', 404: 'refused', 413: 'refused' };

export class Saver {
  /** onState(state) draws the badge, onSynced(answer, began, ended) sets the clock, onFinal(reason, answer) ends the page. */
  constructor({ url, csrf, sheet, store, savedAt, onState, onSynced, onFinal }) {
    Object.assign(this, { url, csrf, sheet, store, onState, onSynced, onFinal });
    this.savedAt = savedAt;
    this.timer = null;
    this.underWay = 0;
    this.isOver = null;                // or the reason why saving from this page is over
    this.trouble = null;               // null, 'network' or 'server': why the last try did not arrive
    this.isRetrying = false;           // a try after a failed one takes long enough to be spoken of
    this.failures = 0;
    this.triedAt = 0;
    this.isKept = true;
    this.waiting = [];
    this.listen();
  }

  listen() {
    window.addEventListener('online', () => this.sendSoon(Math.random() * 300));
    window.addEventListener('offline', () => { this.trouble = 'network'; this.tell(); });
    window.addEventListener('pagehide', () => this.sendLastWords());
    window.addEventListener('beforeunload', (event) => {
      if (this.isKept || this.sheet.unsaved.size === 0 || ['handed_in', 'late'].indexOf(this.isOver) >= 0) return;
      event.preventDefault();          // nothing but this page has these answers: the browser asks first
      event.returnValue = '';
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && this.sheet.hasNews()) this.send();
    });
  }

  /** Call after every change of the sheet: kept here at once, on its way within two seconds. */
  change() {
    if (this.isOver) return;
    this.isKept = this.store.write(this.sheet.copy());
    if (this.timer === null || this.mayHurry()) this.sendSoon(this.underWay ? OVERTAKE_MS : BATCH_MS);
    this.tell();
  }

  // A click while waiting out a lost network is a good moment to look again; a busy server is left its time.
  mayHurry() {
    return this.trouble === 'network' && navigator.onLine !== false && performance.now() - this.triedAt > HURRY_MS;
  }

  /** Send now, even when nothing changed; resolves 'saved', 'unreached', or the reason why saving is over. */
  flush() {
    if (this.isOver) return Promise.resolve(this.isOver);
    const settled = new Promise((resolve) => this.waiting.push(resolve));
    if (this.underWay === 0 || this.sheet.hasNews()) this.send();
    return settled;
  }

  /** Save again from this page, under the lease that it has fetched. */
  restart(csrf) {
    this.csrf = csrf;
    this.isOver = null;
    this.trouble = null;
    this.failures = 0;
    this.isKept = true;
  }

  sendSoon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isOver || this.underWay >= MOST_UNDER_WAY) return;   // an answer that is still to come sends the rest
    this.underWay += 1;
    const packet = this.sheet.packet();
    this.sheet.noteSent();
    this.tell();
    const began = performance.now();
    this.triedAt = began;
    const patience = setTimeout(() => this.tellRetrying(), RETRY_SHOWN_MS);
    const reply = await this.post(packet);
    clearTimeout(patience);
    this.underWay -= 1;
    this.isRetrying = false;
    // An answer to a page that has lost, or won back, its lease meanwhile is no answer to this one.
    if (!this.isOver && packet.lease === this.sheet.lease) this.receive(packet, reply, began, performance.now());
  }

  tellRetrying() {
    this.isRetrying = this.trouble !== null && this.underWay > 0;
    this.tell();
  }

  async post(packet) {
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const response = await fetch(this.url, { ...this.request(packet), signal: abort.signal });
      const answer = await response.json().catch(() => ({}));
      return { status: response.status, answer, retryAfter: Number(response.headers.get('Retry-After')) || 0 };
    } catch (unreached) {
      return { status: 0, answer: {}, retryAfter: 0 };
    } finally {
      clearTimeout(alarm);
    }
  }

  request(packet) {
    return {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.csrf },
      body: JSON.stringify(packet),
    };
  }

  receive(packet, { status, answer, retryAfter }, began, ended) {
    if (status === 200 && answer.state === 'saved') {
      this.noteSaved(packet, answer, began, ended);
    } else if (status === 409 || FINAL[status]) {
      this.end(status === 409 ? answer.state || 'elsewhere' : FINAL[status], answer);
    } else if (status === 200) {
      this.end('signed_out', answer);   // a page instead of an answer: somebody asks to sign in
    } else if (this.underWay === 0) {   // else a newer packet, which carries it all, has still to be answered
      this.tryAgain(status === 0 ? 'network' : 'server', retryAfter);
    }
  }

  noteSaved(packet, answer, began, ended) {
    this.trouble = null;
    this.failures = 0;
    this.savedAt = answer.saved_at_ms;
    this.sheet.noteSaved(packet.revision, answer.revision);
    this.isKept = this.store.write(this.sheet.copy());
    this.onSynced(answer, began, ended);
    if (this.sheet.unsaved.size === 0) this.settle('saved');
    else if (this.underWay === 0) this.send();
    else if (this.sheet.hasNews()) this.sendSoon(BATCH_MS);
    this.tell();
  }

  tryAgain(trouble, retryAfter) {
    this.trouble = trouble;
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (this.failures - 1));
    // Half fixed, half dice: a hall full of browsers must not come back in step.
    this.sendSoon(Math.max(retryAfter * 1000, wait / 2) + Math.random() * wait / 2);
    this.settle('unreached');
    this.tell();
  }

  end(reason, answer) {
    this.isOver = reason;
    this.trouble = null;
    clearTimeout(this.timer);
    this.timer = null;
    this.isKept = this.store.write(this.sheet.copy());
    this.settle(reason);
    this.tell();
    this.onFinal(reason, answer);
  }

  settle(outcome) {
    this.waiting.splice(0).forEach((resolve) => resolve(outcome));
  }

  /** The page goes away: one more try that outlives it. What does not arrive is found by the next page. */
  sendLastWords() {
    if (this.isOver || this.sheet.unsaved.size === 0) return;
    const packet = this.sheet.packet();
    this.sheet.noteSent();
    fetch(this.url, { ...this.request(packet), keepalive: true }).catch(() => {});
  }

  tell() {
    const unsaved = this.sheet.unsaved.size;
    let shape = unsaved ? 'busy' : 'done';
    if (this.isOver) shape = unsaved ? 'local' : 'done';
    else if (this.trouble) shape = this.isRetrying ? 'retry' : 'local';
    const { trouble, isKept, savedAt, isOver } = this;
    this.onState({ shape, unsaved, trouble, isOver, isKept, savedAt });
  }
}
