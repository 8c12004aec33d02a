// The desk: cells, counts, the countdown and the badge in both their places, and the drawer that the desk is on phones.

import { countdown, isHurry, timeOfDay } from './clock.js';
import { isAsking, keepFocusIn } from './dialog.js';

export class Panel {
  constructor(form, sheet) {
    this.sheet = sheet;
    this.desk = form.querySelector('.desk');
    this.dock = form.querySelector('.dock');
    this.paper = form.querySelector('.paper');
    this.cells = new Map();
    this.desk.querySelectorAll('.cell').forEach((cell) => this.cells.set(Number(cell.dataset.index), cell));
    this.here = null;
    this.listen();
  }

  listen() {
    this.dock.querySelector('[data-drawer]').addEventListener('click', () => this.openDrawer());
    this.desk.querySelector('.shut').addEventListener('click', () => this.closeDrawer());
    document.addEventListener('keydown', (event) => {
      if (!this.isDrawn() || isAsking()) return;
      if (event.key === 'Escape') this.closeDrawer();
      else if (event.key === 'Tab') keepFocusIn(this.desk, event);
    });
  }

  /** Draw cells and counts after the sheet changed. */
  show() {
    this.sheet.indexes().forEach((index) => this.showCell(index));
    const all = this.sheet.items.size;
    const open = this.sheet.unanswered().length;
    this.desk.querySelectorAll('[data-part]').forEach((count) => {
      const indexes = count.dataset.part.split(' ').map(Number);
      count.textContent = `${indexes.filter((index) => this.sheet.isAnswered(index)).length}／${indexes.length}`;
    });
    this.dock.querySelector('[data-answered]').textContent = `${all - open}／${all}`;
    this.dock.querySelector('.progress .some').setAttribute('width', String(100 * (all - open) / all));
    this.desk.querySelector('[data-hands-in]').textContent = this.isDrawn() && open ? `交卷（还有${open}题未答）` : '交卷';
  }

  showCell(index) {
    const cell = this.cells.get(index);
    const isAnswered = this.sheet.isAnswered(index);
    const isMarked = this.sheet.marked.has(index);
    cell.classList.toggle('is-answered', isAnswered);
    cell.classList.toggle('is-marked', isMarked);
    cell.setAttribute('aria-label', `第${index}题，${isAnswered ? '已答' : '未答'}${isMarked ? '，已标记' : ''}`);
  }

  /** Frame the current item's cell and keep it in sight inside its own scroll box. */
  showHere(index) {
    if (index === this.here) return;
    if (this.here !== null) {
      this.cells.get(this.here).classList.remove('is-here');
      this.cells.get(this.here).removeAttribute('aria-current');
    }
    this.here = index;
    const cell = this.cells.get(index);
    cell.classList.add('is-here');
    cell.setAttribute('aria-current', 'true');
    const box = cell.closest('.cells-scroll');
    if (box.scrollHeight <= box.clientHeight) return;
    const top = cell.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 0 || top > box.clientHeight - cell.offsetHeight) box.scrollTop += top - box.clientHeight / 2;
  }

  showTime(seconds) {
    const words = countdown(seconds);
    [this.desk.querySelector('.left'), this.dock.querySelector('.t')].forEach((place) => {
      place.textContent = words;
      place.classList.toggle('long', words.length > 6);
    });
    const clock = this.desk.querySelector('.clock');
    clock.classList.toggle('hurry', isHurry(seconds));
    this.dock.querySelector('.t').classList.toggle('hurry', isHurry(seconds));
    clock.querySelector('.quiet').textContent = isHurry(seconds) ? (seconds ? '不足5分钟，\n到时自动交卷' : '时间到，正在交卷') : '剩余时间';
  }

  showSaving(state) {
    const { long, short } = badge(state);
    [[this.desk, long], [this.dock, short]].forEach(([place, words]) => {
      const save = place.querySelector('.save');
      save.className = `save ${state.shape === 'retry' ? 'local busy' : state.shape}`;
      if (save.textContent !== words) save.textContent = words;
    });
  }

  isDrawn() {
    return this.desk.classList.contains('is-drawn');
  }

  openDrawer() {
    this.veil = document.createElement('div');
    this.veil.className = 'veil';
    this.veil.addEventListener('click', () => this.closeDrawer());
    this.desk.parentNode.appendChild(this.veil);
    this.desk.classList.add('is-drawn');
    this.desk.setAttribute('role', 'dialog');
    this.desk.setAttribute('aria-modal', 'true');
    [this.paper, this.dock].forEach((part) => part.setAttribute('aria-hidden', 'true'));
    this.show();
    this.desk.querySelector('.shut').focus();
  }

  closeDrawer() {
    if (!this.isDrawn()) return;
    this.veil.remove();
    this.desk.classList.remove('is-drawn');
    this.desk.setAttribute('role', 'complementary');
    this.desk.removeAttribute('aria-modal');
    [this.paper, this.dock].forEach((part) => part.removeAttribute('aria-hidden'));
    this.show();
    this.dock.querySelector('[data-drawer]').focus({ preventScroll: true });
  }
}

/** The badge's words, in the desk and in the narrow dock. They promise only what is true at this moment. */
function badge({ shape, unsaved, trouble, isOver, isKept, savedAt }) {
  if (shape === 'busy') return { long: '正在保存……', short: '正在保存' };
  if (shape === 'done') return { long: savedAt ? `已保存　${timeOfDay(savedAt)}` : '尚未作答', short: savedAt ? '已保存' : '尚未作答' };
  const why = reason(shape, trouble, isOver);
  if (unsaved === 0) return { long: `${why}，已答的都已保存`, short: why };
  if (!isKept) return { long: `${why}，${unsaved}题未存，请勿关闭本页`, short: `${why}，${unsaved}题未存` };
  return { long: `${why}，已记在本机${unsaved}题`, short: isOver ? `${unsaved}题没存上` : `${why}，已记${unsaved}题` };
}

function reason(shape, trouble, isOver) {
  if (isOver) return '没有存上';
  if (shape === 'retry') return '正在重试';
  return trouble === 'server' ? '服务器忙' : '离线';
}
