// A form that may have to wait its turn (data-waits holds the words for it): sent again by itself until it is taken,
// with everything that was typed, the password too, still in its fields.

const LONGEST = 5;    // seconds between two tries

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.hasAttribute('data-waits')) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  send(form).catch(() => form.submit());     // without a network the browser itself says so
}, true);

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  for (let turn = 0; ; turn += 1) {
    const address = form.getAttribute('action') || window.location.href;
    const answer = await fetch(address, { method: 'POST', body, headers: { 'X-Waits': 'yes' } });
    const wait = Number(answer.headers.get('Retry-After'));
    if (!wait || (answer.status !== 503 && answer.status !== 429)) return take(answer, form);
    tell(form);
    await pause(Math.min(LONGEST, wait * 1.5 ** turn) * (0.5 + Math.random()));   // not all at once again
  }
}

async function take(answer, form) {
  if (answer.headers.has('X-Location')) {
    window.location.assign(answer.headers.get('X-Location'));
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = page.querySelector('main');
  if (!main) throw new Error('not a page');
  document.title = page.title;
  document.querySelector('main').replaceWith(main);
  window.scrollTo(0, 0);
  main.tabIndex = -1;
  const places = ['[aria-invalid="true"]', 'input[type="password"]', 'input:not([type="hidden"])'];
  (places.map((place) => main.querySelector(place)).find(Boolean) || main).focus();
}

function pause(seconds) {
  return new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
}

function tell(form) {
  if (form.querySelector('.working')) return;
  const line = document.createElement('p');
  line.className = 'working';
  line.setAttribute('role', 'status');
  line.append(document.createElement('progress'), document.createTextNode(form.getAttribute('data-waits')));
  form.querySelector('button[type="submit"]').parentNode.after(line);
}

// Back from the next page: the form may be sent anew.
window.addEventListener('pageshow', () => {
  Array.from(document.forms).forEach((form) => { delete form.dataset.sending; });
});
