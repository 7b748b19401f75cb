/** The confirmation that an element of the app asks for. */

import { askForConsent } from "../interface/dialogs.js";

/** Asks the person, if the element has a confirmation. Returns whether to go on. */
export async function consent({ confirm }) {
  if (!confirm) return true;
  return askForConsent({
    title: confirm.title.text,
    text: confirm.text.text,
    confirm: confirm.confirm.text,
    deny: confirm.deny.text,
    isDangerous: confirm.style === "danger",
  });
}
