// The copy of a sheet that this browser keeps until the server has acknowledged everything. One key an attempt.

const PREFIX = 'zhisai.attempt.';

export class Store {
  constructor(attemptId) {
    this.key = PREFIX + attemptId;
  }

  /** The kept copy ({ revision, responses, marked, unsaved }), or null when there is none that can be read. */
  read() {
    try {
      const copy = JSON.parse(localStorage.getItem(this.key));
      return copy && Array.isArray(copy.unsaved) && copy.responses ? copy : null;
    } catch (unreadable) {
      return null;
    }
  }

  /** True when the copy is really there; a browser may refuse (private window, full disk), and the badge must not lie. */
  write(copy) {
    try {
      localStorage.setItem(this.key, JSON.stringify(copy));
      return true;
    } catch (refused) {
      return false;
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.key);
    } catch (refused) { /* nothing was kept then */ }
  }
}
