// Uploads one file and shows how far it is. Used from Python through onetime/web/chargers/files/upload_button.py.
import { createElement as h, useRef, useState } from "react";

/** address: where to send it. texts: {choose, progress, cancel, lost}. onDone(number) when it is stored. */
export function FileUpload({ address, texts, onDone }) {
  const input = useRef(null);
  const request = useRef(null);
  const [sending, setSending] = useState(null);
  const [problem, setProblem] = useState("");

  const finish = (sentence) => {
    setSending(null);
    setProblem(sentence);
    if (input.current) input.current.value = "";
  };
  const send = (file) => {
    if (!file) return;
    setProblem("");
    setSending({ name: file.name, percent: 0 });
    const sent = new XMLHttpRequest();
    request.current = sent;
    sent.upload.onprogress = (event) => {
      if (event.lengthComputable) setSending({ name: file.name, percent: Math.round((event.loaded / event.total) * 100) });
    };
    sent.onload = () => {
      const answer = read(sent.responseText);
      if (sent.status === 200 && answer.id) {
        finish("");
        onDone(answer.id);
      } else finish(answer.problem ?? texts.lost);
    };
    sent.onerror = () => finish(texts.lost);
    sent.onabort = () => finish("");
    sent.open("POST", address + "?name=" + encodeURIComponent(file.name));
    sent.setRequestHeader("Content-Type", "application/octet-stream");
    sent.send(file);
  };

  const title = sending && texts.progress.replace("{name}", sending.name);
  return h(
    "div",
    { className: "upload" },
    h("input", {
      ref: input,
      type: "file",
      id: "firmware-file",
      className: "sr-only",
      tabIndex: -1,
      "aria-label": texts.choose,
      onChange: (event) => send(event.target.files[0]),
    }),
    sending
      ? h(
          "div",
          { className: "progress", role: "status" },
          h("p", { className: "number" }, title + " · " + sending.percent + "\u202f%"),
          h("progress", { value: sending.percent, max: 100, "aria-label": title }),
          h("button", { type: "button", className: "button button--secondary", onClick: () => request.current?.abort() }, texts.cancel),
        )
      : h("button", { type: "button", className: "button button--primary", onClick: () => input.current?.click() }, texts.choose),
    problem && h("p", { className: "problem", role: "alert" }, problem),
  );
}

/** Return the answer as an object, whatever came. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
