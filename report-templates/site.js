"use strict";
// Says the figures of the night that is pointed at. The table below the chart has them all.
(() => {
  const plot = document.getElementById("plot");
  const value = document.getElementById("value");
  if (!plot || !value) return;
  const svg = plot.querySelector("svg");
  const points = [...svg.querySelectorAll("[data-i]")];
  const rows = [...document.querySelectorAll("#nights tbody tr")].reverse();
  if (points.length === 0) return;
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  cursor.setAttribute("class", "cursor");
  cursor.setAttribute("r", "10");
  let at = points.length - 1;
  value.hidden = false;
  plot.scrollLeft = plot.scrollWidth;

  function show(index) {
    at = Math.max(0, Math.min(points.length - 1, index));
    const point = points[at];
    cursor.setAttribute("cx", point.getAttribute("cx"));
    cursor.setAttribute("cy", point.getAttribute("cy"));
    point.parentNode.append(cursor);
    const cells = [...rows[point.dataset.i].cells].map(cell => cell.textContent.trim());
    const unit = document.querySelectorAll("#nights thead th")[1].textContent;
    const words = [cells[1] + " " + unit];
    if (cells[2].length > 1) words.push(cells[2]);
    words.push(cells[3] + (cells[3] === "1" ? " fork" : " forks"));
    if (cells[7]) words.push(cells[7]);
    value.textContent = cells[0] + ": " + words.join(", ");
  }

  function reveal() {
    const box = plot.getBoundingClientRect();
    const mark = cursor.getBoundingClientRect();
    if (mark.left < box.left || mark.right > box.right) {
      plot.scrollLeft += mark.left - box.left - box.width / 2;
    }
  }

  svg.addEventListener("pointermove", event => {
    let nearest = 0;
    let least = Infinity;
    points.forEach((point, index) => {
      const box = point.getBoundingClientRect();
      const away = Math.abs((box.left + box.right) / 2 - event.clientX);
      if (away < least) {
        least = away;
        nearest = index;
      }
    });
    show(nearest);
  });
  plot.addEventListener("focus", () => show(at));
  plot.addEventListener("keydown", event => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
    reveal();
  });
})();
