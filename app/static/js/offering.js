// What an older page, or a page that is gone, could not save: taken over where nobody went on meanwhile, else offered
// item by item. Nothing is overwritten and nothing dropped without being asked.

import { ask, hide } from './dialog.js';
import { chosenIn } from './sheet.js';

export class Offer {
  /** onTaken() is called whenever something of a copy came onto the sheet; onDecided() when nothing is left to choose. */
  constructor(sheet, store, { onTaken, onDecided }) {
    Object.assign(this, { sheet, store, onTaken, onDecided });
    this.dialog = document.getElementById('offer');
    this.list = this.dialog.querySelector('[data-items]');
    this.line = document.getElementById('said-undecided');
    this.pending = new Map();          // item index → [copy]: what was kept of it, the oldest first
    this.sources = [];                 // keys of the copies, which go once everything of them is decided
    this.dialog.querySelectorAll('[data-all]').forEach((button) => {
      button.addEventListener('click', () => this.chooseAll(button.dataset.all));
    });
    this.line.querySelector('button').addEventListener('click', () => this.ask());
  }

  /** Look through kept copies ({ key, copy }), the oldest first; `leaseBefore` held the attempt until this page came. */
  receive(kept, leaseBefore) {
    let taken = 0;
    kept.forEach(({ key, copy }) => {
      // The last holder's own, or nothing was stored since: nobody's later word can be meant instead.
      const isDirect = copy.lease === leaseBefore || copy.base === this.sheet.base;
      copy.unsaved.map(Number).filter((index) => this.sheet.items.has(index)).forEach((index) => {
        if (!this.sheet.differs(index, copy, isDirect)) return;
        if (isDirect) taken += 1;
        if (isDirect) this.sheet.take(index, copy);
        else this.pending.set(index, (this.pending.get(index) || []).concat([copy]));
      });
      if (key) this.sources.push(key);
    });
    if (taken) this.onTaken();
    if (this.pending.size) this.ask(); else this.finish();
  }

  isOpen() {
    return this.pending.size > 0;
  }

  /** Ask for every item that is not decided; closed without an answer, a line on the paper goes on saying so. */
  async ask() {
    this.draw();
    this.line.hidden = true;
    if ((await ask(this.dialog)) === 'take') this.apply();
    this.line.hidden = !this.isOpen();
    this.line.querySelector('[data-count]').textContent = String(this.pending.size);
  }

  draw() {
    this.list.textContent = '';
    this.dialog.querySelector('[data-count]').textContent = String(this.pending.size);
    Array.from(this.pending.keys()).sort((a, b) => a - b).forEach((index) => {
      this.list.appendChild(this.question(index, this.pending.get(index)));
    });
  }

  question(index, copies) {
    const { element } = this.sheet.items.get(index);
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = `第${index}题`;
    const stem = document.createElement('p');
    stem.className = 'stem-said';
    stem.textContent = element.querySelector('.stem p').textContent;
    group.append(legend, stem);
    const stored = this.sheet.chosen(index);
    group.append(choice(index, 'stored', '已存的', said(element, stored), stored.length > 0));
    const versions = distinct(copies, index);
    versions.forEach((copy, at) => {
      const isLast = at === versions.length - 1;
      group.append(choice(index, String(copies.indexOf(copy)), '这里的', said(element, chosenIn(copy, index)), !stored.length && isLast));
    });
    return group;
  }

  chooseAll(which) {
    this.list.querySelectorAll('fieldset').forEach((group) => {
      const inputs = group.querySelectorAll('input');
      inputs[which === 'stored' ? 0 : inputs.length - 1].checked = true;
    });
  }

  /** Do as is chosen now; whoever has not been asked, because time ran out, is held to what stands preselected. */
  apply() {
    if (!this.isOpen()) return;
    if (!this.list.firstChild) this.draw();
    let taken = 0;
    this.list.querySelectorAll('input:checked').forEach((input) => {
      const index = Number(input.name.slice('offer-'.length));
      if (input.value === 'stored' || !this.pending.has(index)) return;
      this.sheet.take(index, this.pending.get(index)[Number(input.value)]);
      taken += 1;
    });
    this.pending.clear();
    hide(this.dialog);
    if (taken) this.onTaken();
    this.finish();
  }

  /** A click on the paper itself decides an item too. */
  decided(index) {
    if (!this.pending.delete(index)) return;
    this.line.querySelector('[data-count]').textContent = String(this.pending.size);
    if (!this.isOpen()) this.finish();
  }

  finish() {
    this.line.hidden = true;
    this.list.textContent = '';
    this.sources.splice(0).forEach((key) => this.store.drop(key));
    this.onDecided();
  }
}

function distinct(copies, index) {
  const seen = new Set();
  return copies.slice().reverse().filter((copy) => {
    const text = String(chosenIn(copy, index));
    return !seen.has(text) && seen.add(text);
  }).reverse();
}

/** The letters and words of what was chosen. */
function said(element, places) {
  const words = places.map((place) => {
    const face = element.querySelector(`input[value="${place}"]`).parentNode.querySelector('.face');
    const letter = face.querySelector('.bubble').textContent.trim();
    const text = face.lastElementChild.textContent.trim();
    return /^[A-Z]$/.test(letter) ? `${letter}　${text}` : text;
  });
  return words.length ? words.join('；') : '没有作答';
}

function choice(index, value, who, words, isChosen) {
  const label = document.createElement('label');
  label.className = 'choice';
  const input = document.createElement('input');
  Object.assign(input, { type: 'radio', name: `offer-${index}`, value, checked: isChosen });
  const text = document.createElement('span');
  text.textContent = `${who}：${words}`;
  label.append(input, text);
  return label;
}
