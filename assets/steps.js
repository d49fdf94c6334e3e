// Limits over the next hours as steps, with a table for those who do not see them.
// Used from Python through onetime/web/frame/parts/step_chart.py.
import { createElement as h } from "react";
import { decimal, moment } from "./format.js";

const WIDTH = 600;
const HEIGHT = 160;
const UNLIMITED = -1;

/** told, expected: [[seconds since 1970, limit], …]; -1 is no limit. end in seconds since 1970. */
export function StepChart({ told, expected, end, unit, language, timeZone, texts }) {
  const all = [...told, ...expected];
  if (!all.length) return null;
  const start = Math.min(...all.map((point) => point[0]));
  const span = Math.max(1, end - start);
  const highest = Math.max(...all.map((point) => point[1]), 1);
  const top = highest * 1.25; // where no limit is drawn
  const x = (at) => (((at - start) / span) * WIDTH).toFixed(1);
  const y = (limit) => (HEIGHT - ((limit === UNLIMITED ? top : limit) / top) * HEIGHT).toFixed(1);
  const path = (points) =>
    points
      .map(([at, limit], i) => (i ? `H${x(at)}V` : `M${x(at)} `) + y(limit))
      .join("") + (points.length ? `H${WIDTH}` : "");
  const time = (at) => moment(at, language, timeZone);
  const amount = (limit) =>
    limit === undefined || limit === UNLIMITED
      ? texts.unlimited
      : decimal(limit, Number.isInteger(limit) ? 0 : 1, language) + "\u202f" + unit;

  return h(
    "figure",
    { className: "curve steps-chart" },
    h(
      "div",
      { className: "curve-plot", role: "img", "aria-label": texts.name },
      h(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": true },
        told.length > 0 && h("path", { className: "curve-area", d: path(told) + `V${HEIGHT}H${x(told[0][0])}Z` }),
        h("path", { className: "curve-line", d: path(told) }),
        h("path", { className: "curve-expected", d: path(expected) }),
      ),
    ),
    h("figcaption", { className: "curve-times number" }, h("span", null, time(start)), h("span", null, time(end))),
    h(
      "table",
      { className: "plain-table" },
      h("caption", { className: "sr-only" }, texts.name),
      h("thead", null, h("tr", null, [texts.from, texts.told, texts.expected].map((text) => h("th", { scope: "col", key: text }, text)))),
      h(
        "tbody",
        null,
        instants(all).map((at) =>
          h("tr", { key: at }, h("td", null, time(at)), h("td", null, amount(limitAt(told, at))), h("td", null, amount(limitAt(expected, at)))),
        ),
      ),
    ),
  );
}

/** Return every instant at which something changes, in order. */
function instants(points) {
  return [...new Set(points.map((point) => point[0]))].sort((a, b) => a - b);
}

/** Return the limit that holds at an instant; undefined before the first. */
function limitAt(points, at) {
  return points.filter((point) => point[0] <= at).pop()?.[1];
}
