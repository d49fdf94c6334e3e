// Formats numbers and times in the page, in the viewer's language and the house's time zone.
// Called from the Python pages through onetime/web/frame/texts/format.py.

const LOCALES = { en: "en-GB", de: "de-CH", fr: "fr-CH", it: "it-CH" };
const THIN_SPACE = "\u202f";

// Formatters are slow to make and quick to use.
const formatters = new Map();

function formatter(kind, language, options) {
  const name = kind + language + JSON.stringify(options);
  let found = formatters.get(name);
  if (!found) {
    const Format = kind === "number" ? Intl.NumberFormat : Intl.DateTimeFormat;
    found = new Format(LOCALES[language] ?? LOCALES.en, options);
    formatters.set(name, found);
  }
  return found;
}

/** Return the text in the language, its {placeholders} filled. */
export function say(language, texts, values) {
  const text = texts[language] ?? texts.en;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Return what belongs to a key; the key itself where nothing does. */
export function pick(choices, key) {
  return choices[key] ?? key ?? "";
}

/** Return a number with a fixed count of decimal places. */
export function decimal(value, places, language) {
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  return formatter("number", language, options).format(value);
}

/** Return W as kW, without the unit: "11.0". */
export function kilowatts(watts, language) {
  return decimal((watts ?? 0) / 1000, 1, language);
}

/** Return Wh as kWh with its unit: "12.34 kWh", from 100 kWh on "123.4 kWh". */
export function kilowattHours(wattHours, language) {
  const value = (wattHours ?? 0) / 1000;
  return decimal(value, value < 100 ? 2 : 1, language) + THIN_SPACE + "kWh";
}

/** Return minutes as "24 min" or "1 h 24 min". */
export function duration(minutes) {
  const hours = Math.floor((minutes ?? 0) / 60);
  const rest = (minutes ?? 0) % 60;
  if (!hours) return rest + THIN_SPACE + "min";
  return hours + THIN_SPACE + "h " + String(rest).padStart(2, "0") + THIN_SPACE + "min";
}

/** Return an instant (seconds since 1970) as a time of today, else as day and month with the time. */
export function moment(seconds, language, timeZone) {
  const at = new Date(seconds * 1000);
  const day = { timeZone, year: "numeric", month: "2-digit", day: "2-digit" };
  const clock = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const sameDay = formatter("date", "en", day);
  const time = formatter("date", language, clock).format(at);
  if (sameDay.format(at) === sameDay.format(new Date())) return time;
  return formatter("date", language, { timeZone, day: "numeric", month: "short" }).format(at) + ", " + time;
}

/** Return when something ends (seconds since 1970): a time of today, else "23 December, 14:00"; the year if another. */
export function deadline(seconds, language, timeZone) {
  const at = new Date(seconds * 1000);
  const year = (instant) => formatter("date", "en", { timeZone, year: "numeric" }).format(instant);
  const day = (instant) => formatter("date", "en", { timeZone, dateStyle: "short" }).format(instant);
  const now = new Date();
  const time = clockTime(seconds, language, timeZone);
  if (day(at) === day(now)) return time;
  const options = { timeZone, day: "numeric", month: "long", ...(year(at) === year(now) ? {} : { year: "numeric" }) };
  return formatter("date", language, options).format(at) + ", " + time;
}

/** Return the share of a limit in percent, for the width of a bar. */
export function share(value, limit) {
  if (!value || !limit) return "0%";
  return Math.min(100, Math.round((value / limit) * 100)) + "%";
}

/** Return the rows whose state and text fit what is looked for. `live` is the state the feed writes into. */
export function matching(rows, live, state, search) {
  const text = search.trim().toLowerCase();
  return rows.filter((row) => {
    if (state !== "all" && connector(live, row.id).state !== state) return false;
    return !text || (row.label + " " + row.identity).toLowerCase().includes(text);
  });
}

/** Return the address to type into a charger, seen from this page. */
export function chargerAddress(port) {
  if (typeof window === "undefined") return "";
  return "ws://" + window.location.hostname + ":" + port + "/";
}

const NOTHING = Object.freeze({});

/** Return what is live of one connector from the state the feed writes into (onetime/web/chargers/board/state.py). */
export function connector(live, id) {
  return live["c_" + id + "_rx_state_"] ?? NOTHING;
}

/** Return the address of a charger's page. */
export function chargerPage(identity) {
  return "/chargers/" + encodeURIComponent(identity ?? "");
}

/** Return an instant (seconds since 1970) as hours and minutes in the house. */
export function clockTime(seconds, language, timeZone) {
  const clock = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return formatter("date", language, clock).format(new Date(seconds * 1000));
}

/** Return what is said in a language out of a sentence in all of them. */
export function inLanguage(texts, language) {
  return texts?.[language] ?? texts?.en ?? "";
}

/** Return the address of one item of the review inbox. */
export function reviewPage(id) {
  return "/reviews/" + id;
}

/** Return a register in Wh as kWh with all its digits: "15,000.000 kWh". */
export function register(wattHours, language) {
  return decimal((wattHours ?? 0) / 1000, 3, language) + THIN_SPACE + "kWh";
}

/** Return the settings whose name, value or description has the words in it. */
export function settingsLike(lines, search) {
  const text = search.trim().toLowerCase();
  return text ? lines.filter((line) => (line.key + " " + line.value + " " + line.what).toLowerCase().includes(text)) : lines;
}

/** Send the form of a text area with Ctrl and Enter: a key handler. */
export function submitsOnCtrlEnter() {
  return (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form.requestSubmit();
  };
}
