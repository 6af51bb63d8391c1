'use strict';
(() => {
  const svg = document.documentElement;
  const all = Array.from(document.querySelectorAll('#frames g'));
  const margin = 10, width = 1200 - 2 * margin, character = 7.3;
  const about = document.getElementById('about');
  const matched = document.getElementById('matched');
  const search = document.getElementById('search');
  const name = g => g.querySelector('title').textContent.split('\n')[0];
  const number = (g, key) => Number(g.getAttribute('data-' + key));
  const total = number(all[0], 'w');

  const label = (text, room) => {
    const characters = Math.floor((room - 6) / character);
    return characters < 3 ? '' : text.length <= characters ? text : text.slice(0, characters - 2) + '..';
  };

  const place = (g, x, w) => {
    g.querySelector('rect').setAttribute('x', x);
    g.querySelector('rect').setAttribute('width', w);
    g.querySelector('text').setAttribute('x', x + 3);
    g.querySelector('text').textContent = label(name(g), w);
  };

  // The address says what is shown, so that it can be sent to somebody.
  const state = { zoom: 0, search: '' };
  const keep = () => {
    const parts = [];
    if (state.zoom > 0) parts.push('zoom=' + state.zoom);
    if (state.search !== '') parts.push('search=' + encodeURIComponent(state.search));
    history.replaceState(null, '', parts.length === 0 ? location.pathname : '#' + parts.join('&'));
  };

  const zoom = chosen => {
    state.zoom = all.indexOf(chosen);
    const from = number(chosen, 'x'), whole = number(chosen, 'w'), depth = number(chosen, 'd');
    for (const g of all) {
      const x = number(g, 'x'), w = number(g, 'w');
      const inside = x >= from && x + w <= from + whole && number(g, 'd') >= depth;
      const above = x <= from && x + w >= from + whole && number(g, 'd') < depth;
      g.classList.toggle('up', above);
      g.style.display = inside || above ? '' : 'none';
      if (inside) place(g, margin + (x - from) / whole * width, w / whole * width);
      if (above) place(g, margin, width);
    }
  };

  const find = text => {
    state.search = text;
    let pattern;
    try {
      pattern = new RegExp(text);
    } catch (e) {
      pattern = { test: n => n.includes(text) };
    }
    let sum = 0, end = -1;
    // Outer frames come before those that they called: what is inside of a found one counts once.
    for (const g of all) {
      const found = text !== '' && pattern.test(name(g));
      g.classList.toggle('found', found);
      if (found && number(g, 'x') >= end) {
        sum += number(g, 'w');
        end = number(g, 'x') + number(g, 'w');
      }
    }
    matched.textContent = text === '' ? '' : 'matched: ' + (100 * sum / total).toFixed(2) + ' %';
  };

  const act = (element, action) => {
    element.addEventListener('click', action);
    element.addEventListener('keydown', e => {
      if (e.key === 'Enter' || e.key === ' ') {
        e.preventDefault();
        action();
      }
    });
  };

  for (const g of all) {
    g.setAttribute('tabindex', '0');
    act(g, () => { zoom(g); keep(); });
    const say = () => { about.textContent = g.querySelector('title').textContent.replace('\n', ': '); };
    g.addEventListener('mouseover', say);
    g.addEventListener('focus', say);
  }
  const reset = () => { zoom(all[0]); keep(); };
  act(document.getElementById('reset'), reset);
  search.addEventListener('input', () => { find(search.value); keep(); });
  svg.addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && e.key === 'f') {
      e.preventDefault();
      search.focus();
    } else if (e.key === 'Escape') {
      reset();
    }
  });
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (all[Number(wanted.get('zoom'))]) zoom(all[Number(wanted.get('zoom'))]);
  search.value = wanted.get('search') || '';
  find(search.value);
  document.querySelector('.tools').style.display = 'inline';
})();
