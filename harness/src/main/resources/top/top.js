// Shows /data.json, again and again. Everything that others named goes into the page as text.
'use strict';
const MARK = { measured: '', estimate: '~', unknown: '>' };
const byId = (id) => document.getElementById(id);
const COLUMNS = [
  { head: 'id', number: (p) => p.id },
  { head: 'name', words: (p) => p.name || '–' },
  { head: 'type', words: (p) => p.type },
  { head: 'hook', words: (p) => p.hooks.map((h) => h.target ? h.hook + ':' + h.target : h.hook).join(', ') },
  { head: 'owner', words: (p) => p.this_look ? p.owner : p.owners.map((o) => o.command + '(' + o.pid + ')').concat(p.pinned).join(', ') },
  { head: 'unit or container', words: (p) => [...new Set(p.owners.map((o) => o.container || o.unit).filter(Boolean))].join(', ') },
  { head: 'runs/s', number: (p) => p.runs_per_second, show: count },
  { head: 'ns/run', number: (p) => p.ns_per_run, show: count },
  { head: '% of a CPU', number: (p) => p.cpu_percent, show: (v, p) => (p.runs ? MARK[p.dispatch] : '') + v.toFixed(2) },
  { head: 'missed', number: (p) => p.missed, show: count },
  { head: 'maps', number: (p) => p.maps.length, show: (v, p) => v + (p.maps.some((m) => !m.counted_here) ? 's' : '') },
  { head: 'map memory', number: (p) => p.maps_bytes, show: bytes },
  { head: 'JITed', number: (p) => p.jited_bytes, show: bytes },
  { head: 'last looks', spark: true },
];
let sort = COLUMNS.findIndex((c) => c.head === '% of a CPU');
let down = true;
let data = {};

function scaled(value, step, units) {
  let unit = 0;
  while (value >= step && unit < units.length - 1) { value /= step; unit++; }
  return (unit && value < 100 ? value.toFixed(1) : value < 10 && value % 1 ? value.toFixed(1) : Math.round(value)) + units[unit];
}
function count(value) { return scaled(value, 1000, ['', 'k', 'M', 'G']); }
function bytes(value) { return scaled(value, 1024, ['', 'K', 'M', 'G']); }

function line(svg, values, width, height) {
  const most = Math.max(...values, 1e-9);
  const step = width / Math.max(values.length - 1, 1);
  const points = values.map((v, i) => (i * step).toFixed(1) + ',' + (height - 2 - v / most * (height - 4)).toFixed(1));
  let path = svg.querySelector('polyline');
  if (!path) {
    path = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    svg.append(path);
  }
  path.setAttribute('points', points.join(' '));
}

/** Long names may break behind what joins their parts, and nowhere else. */
function breakable(td, text) {
  text.split(/(?<=[_:/.,])/).forEach((part, i) => {
    td.append(...(i ? [document.createElement('wbr')] : []), part);
  });
}

function cell(column, program) {
  const td = document.createElement('td');
  if (column.spark) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 100 20');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    line(svg, (data.history[program.id] || []).slice(-60), 100, 20);
    td.append(svg);
  } else if (column.words) {
    td.className = 't';
    breakable(td, column.words(program));
    td.title = td.textContent;
  } else {
    const value = column.number(program);
    td.textContent = value === undefined ? '–' : column.show ? column.show(value, program) : value;
  }
  return td;
}

function compare(a, b) {
  const column = COLUMNS[sort];
  if (column.words) {
    return column.words(a).localeCompare(column.words(b)) * (down ? 1 : -1) || a.id - b.id;
  }
  const value = (p) => column.spark ? p.cpu_percent : column.number(p);
  const left = value(a), right = value(b);
  if (left === undefined || right === undefined) {
    return (left === undefined) - (right === undefined) || a.id - b.id;
  }
  return (right - left) * (down ? 1 : -1) || a.id - b.id;
}

function table() {
  const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (p) => [p.id, ...COLUMNS.filter((c) => c.words).map((c) => c.words(p))].join(' ').toLowerCase();
  const programs = data.look.programs.filter((p) => words.every((w) => text(p).includes(w))).sort(compare);
  byId('shown').textContent = words.length ? programs.length + ' of ' + data.look.programs.length : '';
  byId('rows').replaceChildren(...programs.map((program) => {
    const tr = document.createElement('tr');
    tr.append(...COLUMNS.map((column) => cell(column, program)));
    return tr;
  }));
}

function chart(name, values, show) {
  line(byId(name), values, 600, 120);
  byId(name + '-now').textContent = values.length ? show(values[values.length - 1]) : '–';
  byId(name + '-most').textContent = values.length ? 'highest ' + show(Math.max(...values)) : '';
  const seconds = data.moments.length > 1 ? Math.round((data.moments[data.moments.length - 1][0] - data.moments[0][0]) / 1000) : 0;
  byId(name + '-from').textContent = seconds ? 'the last ' + seconds + ' s' : '';
}

function show() {
  const sum = data.look.sum;
  byId('sum').classList.remove('lost');
  byId('sum').textContent = data.look.time.slice(11, 19) + ' UTC: ' + sum.programs + ' programs (+' + sum.come + ' −' + sum.gone
    + (sum.came_and_went ? ', ' + sum.came_and_went + ' came and went' : '') + '), ' + sum.maps + ' maps ' + bytes(sum.maps_bytes)
    + ', JITed ' + bytes(sum.jited_bytes) + '; looking takes ' + (sum.own_cpu_percent || 0).toFixed(2) + ' % of a CPU, statistics about '
    + (sum.statistics_cpu_percent || 0).toFixed(2) + ' %';
  chart('cpu', data.moments.map((m) => m[1]), (v) => v.toFixed(2));
  chart('runs', data.moments.map((m) => m[2]), count);
  table();
  const has = (known) => data.look.programs.some((p) => p.runs && p.dispatch === known);
  const notes = [];
  if (data.look.dispatch.run && data.look.programs.length) {
    notes.push('% of a CPU includes the hook’s own cost, from run ' + data.look.dispatch.run + '.'
      + (has('estimate') ? ' ~: measured on another target or a similar hook.' : '')
      + (has('unknown') ? ' >: without it, the hook was not measured.' : ''));
  } else if (has('unknown')) {
    notes.push('>: without the hook’s own cost: ' + data.look.dispatch.unavailable);
  }
  if (data.look.statistics_also_on_by.length) {
    notes.push('Run-time statistics are also switched on by ' + data.look.statistics_also_on_by.join(', ') + '.');
  }
  byId('notes').replaceChildren(...notes.concat(data.look.notes).map((note) => {
    const li = document.createElement('li');
    li.textContent = note;
    return li;
  }));
}

function heads() {
  byId('heads').replaceChildren(...COLUMNS.map((column, i) => {
    const th = document.createElement('th');
    th.scope = 'col';
    th.className = column.words ? 't' : '';
    th.ariaSort = i === sort ? (down ? 'descending' : 'ascending') : 'none';
    const button = document.createElement('button');
    button.textContent = column.head + (i === sort ? (down ? ' ▾' : ' ▴') : '');
    button.onclick = () => { down = i === sort ? !down : true; sort = i; heads(); if (data.look) table(); };
    th.append(button);
    return th;
  }));
}

async function look() {
  try {
    const answer = await fetch('data.json', { cache: 'no-store' });
    const next = await answer.json();
    if (next.look && (!data.look || next.look.time !== data.look.time)) {
      data = next;
      show();
    }
  } catch (e) {
    byId('sum').classList.add('lost');
    byId('sum').textContent = 'top has ended, or cannot be reached: what is shown is from before.';
  }
  setTimeout(look, 500);
}

byId('filter').oninput = () => { if (data.look) table(); };
heads();
look();
