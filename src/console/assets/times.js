// Shows times in the viewer's zone. Pages that add times later call `localise` for them.

/** @type {Record<string, Intl.DateTimeFormat>} */
const FORMATS = {
  date: new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }),
  time: new Intl.DateTimeFormat("sv-SE", { timeStyle: "medium" })
}

const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" })
  .formatToParts(new Date())
  .find(({ type }) => type === "timeZoneName")?.value

/**
 * Shows all times within an element in the viewer's zone.
 * @param {ParentNode} root
 */
export const localise = (root) => {
  for (const element of root.querySelectorAll("time[datetime][data-form]")) {
    if (!(element instanceof HTMLElement)) continue
    const format = FORMATS[element.dataset.form ?? "date"] ?? FORMATS.date
    const at = new Date(element.getAttribute("datetime") ?? "")
    if (!Number.isNaN(at.getTime())) element.textContent = format?.format(at) ?? element.textContent
  }
}

localise(document)
for (const element of document.querySelectorAll("[data-zone]")) {
  element.textContent = `${Intl.DateTimeFormat().resolvedOptions().timeZone} (${zone})`
}
