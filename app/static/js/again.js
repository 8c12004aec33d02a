// A page that was turned away because there were too many comes again by itself, after the seconds in data-again.

const main = document.querySelector('[data-again]');

// Said when the page is shown: page.js takes such lines away at that moment, and this comes after it.
window.addEventListener('pageshow', () => {
  const line = document.createElement('p');
  line.className = 'working';
  line.setAttribute('role', 'status');
  line.append(document.createElement('progress'), document.createTextNode('正在排队，轮到了自动打开，请不要关闭。'));
  main.append(line);
  setTimeout(() => window.location.reload(), Number(main.dataset.again) * 1000);
});
