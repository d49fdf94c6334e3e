// Copying a text. Used from Python through onetime/web/frame/parts/copying.py.

/** Put a text into the clipboard, and show which of the two sentences is true. */
export async function copyText(toast, text, done, refused) {
  if (await copied(text)) toast?.success("", { title: done });
  else toast?.error("", { title: refused });
}

async function copied(text) {
  if (navigator.clipboard) { // only where the page came encrypted, or from this computer
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // not allowed; the old way asks nobody
    }
  }
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  (focused?.closest("dialog") ?? document.body).append(field); // outside of an open dialog nothing can be selected
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
