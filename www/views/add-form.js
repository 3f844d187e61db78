// Watching somebody who is not on the list: a number as people write it.

import { setAttribute, setText } from "../dom.js";
import { chatId } from "../package.js";

export class AddForm {
  constructor({ form, field, error }, onAdd) {
    // Disabled in the markup: before this script runs, submitting would leave the page.
    for (const control of form.elements) control.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const id = read(field.value);
      setText(error, id === null ? "Write the number with its country code, like +1 555 010 0001." : "");
      setAttribute(field, "aria-invalid", id === null ? "true" : null);
      if (id === null) return;
      field.value = "";
      onAdd(id);
    });
  }
}

/** The package takes short numbers too, for gateways that have them; here they are typing errors. */
const SHORTEST_NUMBER = 7;

function read(text) {
  if (!text.includes("@") && text.replace(/\D/g, "").length < SHORTEST_NUMBER) return null;
  try {
    return chatId(text.trim());
  } catch {
    return null;
  }
}
