// The copies that this browser keeps of sheets until the server has acknowledged everything: one for each page (lease)
// of an attempt, so that two tabs do not write over each other.

const PREFIX = 'zhisai.attempt.';
const OLD_MS = 7 * 86400 * 1000;

export class Store {
  constructor(attemptId, lease = '') {
    this.prefix = `${PREFIX}${attemptId}.`;
    this.takeLease(lease);
  }

  takeLease(lease) {
    this.key = this.prefix + lease;
  }

  /**
   * True when what is unsaved is really there; a browser may refuse (private window, full disk), and the badge must
   * not lie. A copy with nothing unsaved is not needed and goes.
   */
  write(copy) {
    try {
      if (copy.unsaved.length === 0) {
        localStorage.removeItem(this.key);
        return true;
      }
      const text = JSON.stringify(copy);
      localStorage.setItem(this.key, text);
      return localStorage.getItem(this.key) === text;
    } catch (refused) {
      return false;
    }
  }

  /** What other pages of this attempt kept here and could not save: [{ key, copy }], the oldest first. */
  others() {
    return keys(this.prefix)
      .filter((key) => key !== this.key)
      .map((key) => ({ key, copy: read(key) }))
      .filter(({ copy }) => copy !== null)
      .sort((one, other) => one.copy.at - other.copy.at);
  }

  drop(key) {
    remove(key);
  }

  /** Everything of this attempt: it is handed in. */
  clear() {
    keys(this.prefix).forEach(remove);
  }

  /** Copies of other attempts that nobody has come back for in a week. */
  forgetOld(now) {
    keys(PREFIX).filter((key) => key.indexOf(this.prefix) !== 0).forEach((key) => {
      const copy = read(key);
      if (copy === null || now - copy.at > OLD_MS) remove(key);
    });
  }
}

/** { lease, base, revision, responses, marked, unsaved, at }, or null for what cannot be read. */
function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return copy && Array.isArray(copy.unsaved) && copy.responses && copy.lease ? copy : null;
  } catch (unreadable) {
    return null;
  }
}

function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.indexOf(prefix) === 0);
  } catch (refused) {
    return [];
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch (refused) { /* nothing was kept then */ }
}
