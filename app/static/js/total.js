// The paper's size while it is being put together: so many questions, so many points.
const spec = document.getElementById('spec');
const total = document.getElementById('total');

const number = (field) => {
  const text = field.value.normalize('NFKC').trim();
  return /^\d{1,5}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
};

function tell() {
  let questions = 0;
  let points = 0;
  for (const count of spec.querySelectorAll('input[name^="count_"]')) {
    const worth = spec.querySelector(`input[name="${count.name.replace('count_', 'points_')}"]`);
    const asked = Math.floor(number(count) / 100);
    questions += asked;
    points += asked * number(worth);
  }
  total.textContent = `合计${questions}题，满分${points / 100}分`;
}

if (spec && total) {
  spec.addEventListener('input', tell);
  tell();
}
