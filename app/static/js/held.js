// The page of a paper that is held: it asks whether the contest goes on, and then goes back to the paper.

import { News, showNotices } from './news.js';

const page = document.getElementById('held');

new News({
  url: page.dataset.newsUrl,
  onNews: (news) => {
    showNotices(document.getElementById('notices'), news.notices);
    if (news.held_ms === null || !news.is_open) window.location.reload();
  },
});
