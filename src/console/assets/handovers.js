// Keeps the newest page of the list live: rows come by themselves while nobody reads them, and else wait behind a button.
import { follow } from "./live.js"
import { localise } from "./times.js"

/** The least time between two looks at the list, in milliseconds. */
const INTERVAL = 1000

/**
 * @param {string} selector
 * @returns {HTMLElement | undefined}
 */
const find = (selector) => document.querySelector(selector) ?? undefined

const form = find("form[data-filters]")
if (form instanceof HTMLFormElement) useViewersZone(form)

const live = find("[data-live]")
const list = find("[data-list]")
const fresh = find("[data-fresh]")
if (live && list && fresh) keepLive(live, list, fresh)

/**
 * Shows and takes times of the form in the viewer's zone. The URL has them in UTC.
 * @param {HTMLFormElement} form
 */
function useViewersZone(form) {
  /** @type {Array<HTMLInputElement>} */
  const inputs = [...form.querySelectorAll("input[type=datetime-local]")].filter(
    (input) => input instanceof HTMLInputElement
  )
  for (const input of inputs) {
    const at = new Date(input.dataset.iso ?? "")
    if (Number.isNaN(at.getTime())) continue
    input.value = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
  }
  form.addEventListener("formdata", ({ formData }) => {
    for (const { name, value } of inputs) {
      const at = new Date(value)
      if (!Number.isNaN(at.getTime())) formData.set(name, at.toISOString())
    }
    // The URL has what is set, and no empty names. Pasted ids often have spaces around them.
    for (const [name, value] of [...formData]) {
      if (value === "") formData.delete(name)
      else if (name !== "outcome" && typeof value === "string") formData.set(name, value.trim())
    }
  })
}

/**
 * @param {HTMLElement} live
 * @param {HTMLElement} list
 * @param {HTMLElement} fresh
 */
function keepLive(live, list, fresh) {
  const state = live.querySelector("[data-live-state]")
  const pause = live.querySelector("[data-pause]")
  let isPaused = false
  let isAsking = false
  let isDue = false
  /** The newest list that is not shown yet. @type {Element | undefined} */
  let next
  live.hidden = false

  /** @param {string} text @param {string} [name] */
  const say = (text, name = "") => {
    live.classList.remove("paused", "away")
    if (name !== "") live.classList.add(name)
    if (state && state.textContent !== text) state.textContent = text
  }

  /** @param {string} more */
  const tell = (more) => say(`${isPaused ? "Paused" : "Live"}${more}`, isPaused ? "paused" : "")

  /** @param {ParentNode} root */
  const idsOf = (root) =>
    [...root.querySelectorAll("tr[data-id]")].map((row) => (row instanceof HTMLElement ? (row.dataset.id ?? "") : ""))

  // The rows must not move under somebody's eyes, pointer or focus.
  const isRead = () =>
    window.scrollY > 40 ||
    list.matches(":hover, :focus-within") ||
    (window.getSelection()?.isCollapsed === false && list.contains(window.getSelection()?.anchorNode ?? null))

  const show = () => {
    if (next === undefined) return
    const known = new Set(idsOf(list))
    const rows = next
    next = undefined
    fresh.hidden = true
    tell("")
    list.replaceChildren(...rows.childNodes)
    localise(list)
    if (known.size > 0)
      for (const row of list.querySelectorAll("tr[data-id]"))
        if (row instanceof HTMLElement && !known.has(row.dataset.id ?? "")) row.classList.add("arrived")
  }

  const announce = () => {
    if (next === undefined) return
    const known = new Set(idsOf(list))
    const ids = idsOf(next)
    const count = ids.filter((id) => !known.has(id)).length
    if (count === 0) {
      next = undefined
      return tell("")
    }
    if (!isPaused && !isRead()) return show()
    const all = count === ids.length && count >= 50 ? `${count} or more` : String(count)
    const found = `${all} new ${count === 1 ? "handover" : "handovers"}`
    fresh.textContent = `${found}: show`
    fresh.hidden = false
    tell(`, ${found}`)
  }

  const ask = async () => {
    if (isAsking) {
      isDue = true
      return
    }
    isAsking = true
    isDue = false
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" })
      const page = new DOMParser().parseFromString(await response.text(), "text/html")
      // Another page, or a list that is not live: the session is over, or the history is away.
      if (page.querySelector("[data-live]") === null) throw new Error(`status ${response.status}`)
      next = page.querySelector("[data-list]") ?? undefined
      announce()
    } catch {
      say("Not live: the list cannot be read now", "away")
    }
    setTimeout(() => {
      isAsking = false
      if (isDue) ask()
    }, INTERVAL)
  }

  follow("/console/events", {
    history: ask,
    state: (now) => {
      if (now === "lost") say("Not live: connecting again", "away")
      if (now === "live") ask()
    }
  })
  fresh.addEventListener("click", () => {
    show()
    window.scrollTo({ top: 0 })
    const first = list.querySelector("tr[data-id] a")
    if (first instanceof HTMLElement) first.focus({ preventScroll: true })
  })
  pause?.addEventListener("click", () => {
    isPaused = !isPaused
    pause.setAttribute("aria-pressed", String(isPaused))
    pause.textContent = isPaused ? "Go on" : "Pause"
    tell("")
    announce()
  })
}
