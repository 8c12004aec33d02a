// Questions to the reader: native <dialog> where the engine has it, the same behaviour by hand where not.

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([type="hidden"]):not([disabled]), select, textarea';

function isNative(dialog) {
  return typeof dialog.showModal === 'function';
}

function isOpen(dialog) {
  return dialog.hasAttribute('open');
}

/** Open the dialog with the focus on its safe way out, or on what has data-begins; resolves with the pressed button's data-answers, or '' when closed. */
export function ask(dialog) {
  // The browser tells of a closing later than it closes: whoever asks again meanwhile first ends the question before.
  if (!isOpen(dialog)) dialog.dispatchEvent(new Event('close'));
  return new Promise((resolve) => {
    const opener = document.activeElement;
    let answer = '';

    const onClick = (event) => {
      const button = event.target.closest('[data-answers], [data-closes]');
      if (!button || !dialog.contains(button)) return;
      event.preventDefault();
      answer = button.getAttribute('data-answers') || '';
      hide(dialog);
    };
    const onClose = () => {
      if (isOpen(dialog)) return;      // the late word of the closing before
      dialog.removeEventListener('click', onClick);
      dialog.removeEventListener('close', onClose);
      if (opener && opener.focus && document.contains(opener)) opener.focus();
      resolve(answer);
    };

    dialog.addEventListener('click', onClick);
    dialog.addEventListener('close', onClose);
    show(dialog);
  });
}

/** Close whichever way it was opened. */
export function hide(dialog) {
  if (isNative(dialog)) {
    if (dialog.open) dialog.close();
    return;
  }
  if (!isOpen(dialog)) return;
  dialog.removeAttribute('open');
  dialog.removeEventListener('keydown', stayInside);
  const veil = document.querySelector('.veil.over-all');
  if (veil) veil.remove();
  dialog.dispatchEvent(new Event('close'));
}

/** True while any dialog is open, so that keys meant for the page are left alone. */
export function isAsking() {
  return document.querySelector('dialog[open]') !== null;
}

function show(dialog) {
  if (isNative(dialog)) {
    if (!dialog.open) dialog.showModal();
  } else {
    const veil = document.createElement('div');
    veil.className = 'veil over-all';
    document.body.appendChild(veil);
    dialog.setAttribute('open', '');
    dialog.setAttribute('role', 'dialog');
    dialog.setAttribute('aria-modal', 'true');
    dialog.addEventListener('keydown', stayInside);
  }
  // A long question is read from its beginning; a short one has the focus on its safe way out.
  const safe = dialog.querySelector('[data-begins]') || dialog.querySelector('[data-closes]') || dialog.querySelector(FOCUSABLE);
  if (safe) safe.focus();
}

function stayInside(event) {
  const dialog = event.currentTarget;
  if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();           // what lies under the dialog has its own Escape
    hide(dialog);
  } else if (event.key === 'Tab') {
    keepFocusIn(dialog, event);
  }
}

/** Let Tab go round inside one part of the page. */
export function keepFocusIn(part, event) {
  const stops = Array.from(part.querySelectorAll(FOCUSABLE)).filter((one) => one.offsetParent !== null);
  if (stops.length === 0) return;
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge && part.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
}
