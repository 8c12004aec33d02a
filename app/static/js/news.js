// News of an open paper, asked for about once a minute while the page is seen: more time, an early end, a pause.

const LONGEST_MS = 60000;
const SHORTEST_MS = 40000;   // diced, so that a hall does not ask in step
const PATIENCE_MS = 8000;

export class News {
  /** onNews(news, began, ended) hears every answer. */
  constructor({ url, onNews }) {
    Object.assign(this, { url, onNews });
    this.heard = null;                 // what was told last: while it holds, an answer says no more than the time
    this.timer = null;
    this.askedAt = performance.now();
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && performance.now() - this.askedAt > SHORTEST_MS) this.look();
    });
    this.lookLater();
  }

  lookLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (document.visibilityState === 'visible') this.look(); else this.lookLater();
    }, SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
  }

  known() {
    if (!this.heard) return '';
    const { deadline_ms: deadline, held_ms: held, notices } = this.heard;
    return `?deadline=${deadline}&held=${held === null ? '' : held}&newest=${notices.length ? notices[0].id : 0}`;
  }

  /** Ask now. Nobody is told of a failure: saving tells of a lost network, and of a sign-in that has ended. */
  async look() {
    clearTimeout(this.timer);
    this.askedAt = performance.now();
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const response = await fetch(this.url + this.known(), { credentials: 'same-origin', signal: abort.signal });
      if (response.ok) {
        this.heard = Object.assign({}, this.heard, await response.json());
        this.onNews(this.heard, this.askedAt, performance.now());
      }
    } catch (unreached) {
      // the next time
    } finally {
      clearTimeout(alarm);
      this.lookLater();
    }
  }
}

/** Show the notices, the newest first, as the server's own page does; whether there is a new one. */
export function showNotices(box, notices) {
  if (box.dataset.newest === String(notices.length ? notices[0].id : '')) return false;
  box.dataset.newest = String(notices[0].id);
  box.textContent = '';
  notices.forEach(({ at, words, reason }) => {
    const line = document.createElement('p');
    line.className = 'notice red';
    const said = document.createElement('strong');
    said.textContent = words;
    line.append(said, document.createElement('br'), `原因：${reason}（${at}）`);
    box.append(line);
  });
  return true;
}

/** Keep the newest notice in sight, however far down somebody reads, until it is known. */
export function keepInSight(box) {
  const known = document.createElement('button');
  known.type = 'button';
  known.className = 'button small';
  known.textContent = '知道了';
  known.addEventListener('click', () => {
    box.classList.remove('unread');
    known.remove();
  });
  box.classList.add('unread');
  box.append(known);
}
