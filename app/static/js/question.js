// The form of a question shown as the candidate will see it, while it is being written.
const form = document.getElementById('question');
const preview = document.getElementById('preview');
const WORDS = { multiple_choice: '（多选）', any_number: '（不定项）' };
const JUDGED = ['正确', '错误'];

function made(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

const rows = () => Array.from(form.querySelectorAll('.option-row')).map((row) => ({
  row,
  box: row.querySelector('input'),
  field: row.querySelector('textarea'),
}));
const kind = () => (form.querySelector('input[name="kind"]:checked') || {}).value || 'single_choice';

// Pictures stand in the page already; what is written is put around them.
const pictures = preview ? Array.from(preview.querySelectorAll('.option')).map((one) => one.querySelector('.pictures')) : [];

// The options as they will be kept: blank ones that nobody ticked are left away, unless a picture belongs to one.
function options() {
  if (kind() === 'true_false') {
    const said = form.querySelector('input[name="judged"]:checked');
    return JUDGED.map((text, place) => ({ text, place, isKey: Boolean(said) && said.value === String(place) }));
  }
  return rows()
    .map(({ box, field }, place) => ({ text: field.value.trim(), place, isKey: box.checked }))
    .filter(({ text, place, isKey }) => text || isKey || pictures[place]);
}

function bubble(place) {
  const one = made('span', 'bubble');
  one.setAttribute('aria-hidden', 'true');
  if (kind() !== 'true_false') one.textContent = String.fromCharCode(65 + place);
  else if (place === 0) one.appendChild(made('i', 'tick'));
  else one.textContent = '×';
  return one;
}

function shown({ text, place }, at) {
  const option = made('div', kind() in WORDS ? 'option many' : 'option');
  const face = made('span', 'face');
  const words = made('span', '', text);
  if (pictures[place]) words.appendChild(pictures[place]);
  face.appendChild(bubble(at));
  face.appendChild(words);
  option.appendChild(face);
  return option;
}

function mirror() {
  const stem = preview.querySelector('.stem p');
  const drawn = stem.querySelector('.pictures');
  stem.textContent = form.elements.stem.value.trim();
  if (WORDS[kind()]) stem.appendChild(made('span', 'kind', WORDS[kind()]));
  if (drawn) stem.appendChild(drawn);
  const list = preview.querySelector('.options');
  list.className = kind() === 'true_false' ? 'options row-options' : 'options';
  list.textContent = '';
  const found = options();
  found.forEach((option, at) => list.appendChild(shown(option, at)));
  const key = found.map(({ text, isKey }, at) => {
    if (!isKey) return '';
    return kind() === 'true_false' ? text : String.fromCharCode(65 + at);
  }).join('');
  document.getElementById('preview-key').textContent = key || '还没有勾';
}

// Each kind shows the fields that it has; of a single choice one option is ticked.
function fit() {
  const judged = kind() === 'true_false';
  document.getElementById('options-part').classList.toggle('unfit', judged);
  document.getElementById('judged-part').classList.toggle('unfit', !judged);
}

function tickOne(box) {
  if (kind() !== 'single_choice' || !box.checked) return;
  for (const other of rows()) if (other.box !== box) other.box.checked = false;
}

// A field is as tall as what is in it, up to a dozen lines; more scrolls.
function grow(field) {
  const least = Number(field.dataset.rows || field.rows);
  field.dataset.rows = String(least);
  field.rows = least;
  while (field.scrollHeight > field.clientHeight + 2 && field.rows < 12) field.rows += 1;
}

if (form && preview) {
  form.addEventListener('input', (event) => {
    if (event.target.name === 'key') tickOne(event.target);
    if (event.target.name === 'kind') fit();
    if (event.target.tagName === 'TEXTAREA') grow(event.target);
    mirror();
  });
  form.addEventListener('toggle', () => rows().forEach(({ field }) => grow(field)), true);
  window.addEventListener('pageshow', () => {
    form.querySelectorAll('textarea').forEach(grow);
    fit();
    mirror();
  });
}
