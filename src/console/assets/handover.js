// Copies ids, and sends a form once.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement) || navigator.clipboard === undefined) continue
  button.hidden = false
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "")
      button.textContent = "Copied"
    } catch {
      button.textContent = "Not copied"
    }
    setTimeout(() => {
      button.textContent = "Copy"
    }, 1500)
  })
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button")
    if (button === null) return
    button.disabled = true
    button.textContent = button.dataset.busy ?? button.textContent
  })
}
