// The curves of power and of the meter over one session: read by hover, tap or arrow keys, and as a table by a screen reader.
// Used from Python through onetime/web/frame/parts/curve.py.
import { createElement as h, useState } from "react";
import { clockTime, kilowatts, register } from "./format.js";

const WIDTH = 600;
const HEIGHT = 180;

/** points: [[seconds since 1970, W], …], oldest first. limit in W. texts: {name, time, power, limit}. */
export function PowerCurve({ points, limit, language, timeZone, texts }) {
  const said = (watts) => kilowatts(watts, language) + "\u202fkW";
  return h(Curve, { points, limit, bottom: 0, said, language, timeZone, texts });
}

/** points: [[seconds since 1970, Wh], …], oldest first. texts: {name, time, power}. */
export function RegisterCurve({ points, language, timeZone, texts }) {
  const bottom = points && points.length ? Math.min(...points.map((point) => point[1])) : 0;
  return h(Curve, { points, limit: null, bottom, said: (wh) => register(wh, language), language, timeZone, texts });
}

function Curve({ points, limit, bottom, said: power, language, timeZone, texts }) {
  const [index, setIndex] = useState(null);
  if (!points || points.length < 2) return null;
  const start = points[0][0];
  const span = Math.max(1, points[points.length - 1][0] - start);
  const highest = Math.max(limit ?? bottom, ...points.map((point) => point[1]));
  const height = (highest - bottom) * 1.12 || 1;
  const x = (point) => ((point[0] - start) / span) * WIDTH;
  const y = (value) => HEIGHT - ((value - bottom) / height) * HEIGHT;
  const line = points.map((point, i) => (i ? "L" : "M") + x(point).toFixed(1) + " " + y(point[1]).toFixed(1)).join("");
  const time = (point) => clockTime(point[0], language, timeZone);

  const nearest = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = start + ((event.clientX - box.left) / box.width) * span;
    let best = 0;
    points.forEach((point, i) => {
      if (Math.abs(point[0] - at) < Math.abs(points[best][0] - at)) best = i;
    });
    setIndex(best);
  };
  const step = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const from = index ?? points.length - 1;
    setIndex(Math.min(points.length - 1, Math.max(0, from + by)));
  };

  const chosen = index === null ? null : points[Math.min(index, points.length - 1)];
  return h(
    "figure",
    { className: "curve" },
    h(
      "div",
      {
        className: "curve-plot",
        tabIndex: 0,
        role: "slider",
        "aria-label": texts.name,
        "aria-valuemin": 0,
        "aria-valuemax": points.length - 1,
        "aria-valuenow": index ?? points.length - 1,
        "aria-valuetext": time(chosen ?? points[points.length - 1]) + ", " + power((chosen ?? points[points.length - 1])[1]),
        onPointerMove: nearest,
        onPointerDown: nearest,
        onPointerLeave: () => setIndex(null),
        onKeyDown: step,
        onBlur: () => setIndex(null),
      },
      h(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": true },
        h("path", { className: "curve-area", d: `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` }),
        limit !== null && h("line", { className: "curve-limit", x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) }),
        h("path", { className: "curve-line", d: line }),
        chosen && h("line", { className: "curve-cursor", x1: x(chosen), x2: x(chosen), y1: 0, y2: HEIGHT }),
      ),
      limit !== null && h("span", { className: "curve-limit-label number", style: { top: (y(limit) / HEIGHT) * 100 + "%" } }, texts.limit + " " + power(limit)),
      chosen &&
        h(
          "span",
          { className: "curve-value number", style: { left: Math.min(82, Math.max(18, (x(chosen) / WIDTH) * 100)) + "%" } },
          h("strong", null, power(chosen[1])),
          " " + time(chosen),
        ),
    ),
    h(
      "figcaption",
      { className: "curve-times number" },
      h("span", null, time(points[0])),
      h("span", null, time(points[points.length - 1])),
    ),
    // A table keeps its height whatever it is told, so that it is hidden by a box around it.
    h("div", { className: "sr-only" }, h(
      "table",
      null,
      h("caption", null, texts.name),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, texts.time), h("th", { scope: "col" }, texts.power))),
      h(
        "tbody",
        null,
        readable(points).map((point) => h("tr", { key: point[0] }, h("td", null, time(point)), h("td", null, power(point[1])))),
      ),
    )),
  );
}

/** At most 60 rows: nobody listens to a day minute by minute. */
function readable(points) {
  const step = Math.ceil(points.length / 60);
  return points.filter((_point, i) => i % step === 0);
}
