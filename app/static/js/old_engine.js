// Only engines that know no modules run this: say that the plain form is what they have, and that it is enough.
(function () {
  var line = document.getElementById('old-engine');
  if (line) { line.removeAttribute('hidden'); }
}());
