// What any page may use by attribute: data-opens a dialog, data-copies a text, data-prints the page. Forms are sent once.

import { ask } from './dialog.js';

document.addEventListener('click', (event) => {
  const button = event.target.closest ? event.target.closest('[data-opens], [data-copies], [data-prints]') : null;
  if (!button) return;
  if (button.hasAttribute('data-opens')) {
    const dialog = document.getElementById(button.getAttribute('data-opens'));
    if (!dialog) return;
    event.preventDefault();
    ask(dialog);
  } else if (button.hasAttribute('data-copies')) {
    copy(document.getElementById(button.getAttribute('data-copies')), button);
  } else {
    window.print();
  }
});

// A link in the shape of a button also answers to the space bar, as a button does.
document.addEventListener('keydown', (event) => {
  if (event.key === ' ' && event.target.matches && event.target.matches('a[role="button"]')) {
    event.preventDefault();
    event.target.click();
  }
});

// A second click within a few seconds would send the same form again; after that a slow network deserves another try.
document.addEventListener('submit', (event) => {
  const form = event.target;
  // Attributes, since a field may be named “method” and hide the property.
  if (event.defaultPrevented || (form.getAttribute('method') || '').toLowerCase() !== 'post') return;
  const sent = Number(form.dataset.sentAt || 0);
  if (sent && Date.now() - sent < 8000) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = String(Date.now());
  tellBusy(form);
});

// A form whose answer takes a while says so, in words that its data-busy holds, until the next page comes.
function tellBusy(form) {
  const words = form.getAttribute('data-busy');
  const button = form.querySelector('button[type="submit"]');
  if (!words || !button || form.querySelector('.working')) return;
  const line = document.createElement('p');
  line.className = 'working';
  line.setAttribute('role', 'status');
  const bar = document.createElement('progress');
  line.append(bar, document.createTextNode(words));
  button.parentNode.after(line);
}
window.addEventListener('pageshow', () => {
  for (const line of document.querySelectorAll('.working')) line.remove();
  Array.from(document.forms).forEach((form) => { delete form.dataset.sentAt; });
});

async function copy(source, button) {
  if (!source) return;
  const words = button.textContent;
  const done = (await copied(source.innerText)) || selectedAndCopied(source);
  button.textContent = done ? '已复制' : '没能复制，请选中文字后按Ctrl+C';
  setTimeout(() => { button.textContent = words; }, 3000);
}

async function copied(text) {
  // Inside a plain-http network there is no clipboard object; the older way below still works there.
  if (!navigator.clipboard) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (refused) {
    return false;
  }
}

function selectedAndCopied(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand('copy');
}
