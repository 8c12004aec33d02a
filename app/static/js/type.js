// 大字, before the first paint and in engines of any age: hence no module, and syntax that even the oldest of them reads.
(function () {
  var KEY = 'zhisai.type';
  var root = document.documentElement;

  function kept() {
    try { return window.localStorage.getItem(KEY); } catch (refused) { return null; }
  }

  function keep(value) {
    try { window.localStorage.setItem(KEY, value); } catch (refused) { /* the choice lasts as long as the page */ }
  }

  function isLarge() { return / large /.test(' ' + root.className + ' '); }

  function show() {
    var buttons = document.querySelectorAll('.type-size');
    for (var i = 0; i < buttons.length; i += 1) { buttons[i].setAttribute('aria-pressed', isLarge() ? 'true' : 'false'); }
  }

  function toggle() {
    root.className = isLarge() ? root.className.replace(/(^| )large( |$)/, ' ') : root.className + ' large';
    keep(isLarge() ? 'large' : '');
    show();
  }

  root.className += ' js';
  if (kept() === 'large') { root.className += ' large'; }
  if (!document.addEventListener) { return; }
  document.addEventListener('DOMContentLoaded', show);
  document.addEventListener('click', function (event) {
    if (/(^| )type-size( |$)/.test(event.target.className || '')) { toggle(); }
  });
}());
