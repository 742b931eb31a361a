// Follows the console's events while the page is visible: a browser has six connections to a host, and a page in the background must not hold one.

/** After a refusal, a browser does not connect again by itself. */
const RETRY = 5000

/**
 * Calls a function for each event of its name, with its data; `state` is called with `live`, `paused` (hidden) and `lost`.
 * @param {string} url such as `/console/events`, which sends `history` after entries were written
 * @param {Record<string, (data: string) => void>} handlers
 */
export const follow = (url, { state, ...handlers }) => {
  /** @type {EventSource | undefined} */
  let source
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry

  const close = () => {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }
  const open = () => {
    close()
    const opened = new EventSource(url)
    source = opened
    opened.onopen = () => state?.("live")
    opened.onerror = () => {
      state?.("lost")
      if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY)
    }
    for (const [name, handle] of Object.entries(handlers)) {
      opened.addEventListener(name, (event) => handle(/** @type {MessageEvent<string>} */ (event).data))
    }
    // The session is over: the page leads to the log-in.
    opened.addEventListener("end", () => location.reload())
  }

  if (!document.hidden) open()
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return open()
    close()
    state?.("paused")
  })
  // A page that is kept for the way back holds no connection.
  addEventListener("pagehide", close)
  addEventListener("pageshow", (event) => {
    if (event.persisted && !document.hidden) open()
  })
}
