// Forms about routing: the viewer's zone, and a sign that something goes on.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

for (const select of document.querySelectorAll("select[data-zones]")) {
  if (!(select instanceof HTMLSelectElement)) continue
  const known = [...select.options].find(({ value }) => value === zone)
  const option = known ?? select.insertBefore(new Option(zone, zone), select.firstChild)
  option.textContent = `${zone} (yours)`
  if (!select.hasAttribute("data-chosen")) select.value = zone
}

for (const form of document.querySelectorAll("form[data-busy]")) {
  if (!(form instanceof HTMLFormElement)) continue
  const status = form.querySelector("[data-state]")
  form.addEventListener("submit", (event) => {
    // A second click would ask twice.
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = "yes"
    if (status) status.textContent = form.dataset.busy ?? ""
  })
  // Back and forward may bring the page as it was.
  addEventListener("pageshow", () => {
    delete form.dataset.sent
    if (status) status.textContent = ""
  })
}

// A field with an error, or else the result, is what one wants to read first.
const first = document.querySelector("[aria-invalid=true], [data-result]")
if (first instanceof HTMLElement) first.focus()
