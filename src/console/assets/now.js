// Charts, and live parts, of the page of what happens now.
import { follow } from "./live.js"
import { localise } from "./times.js"

/**
 * @typedef {{ minutes: number[], outcomes: Record<string, number[]>, times: Record<string, (number | null)[]> }} Charts
 * @typedef {{ parts: Record<string, string>, charts: Charts }} Live
 */

const uPlot = /** @type {any} */ (globalThis).uPlot

const OUTCOMES = ["success", "repeated", "rejected", "refused", "failed"]
const TIMES = /** @type {const} */ ([
  ["p50", "success", []],
  ["p95", "rejected", [6, 4]],
  ["p99", "failed", [2, 3]]
])

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

/** @param {number | null} value */
const inWords = (value) =>
  value === null ? "–" : value < 1000 ? `${Math.round(value)} ms` : `${Number((value / 1000).toFixed(1))} s`

const clock = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" })

const axis = () => ({
  stroke: colour("muted"),
  font: "12px system-ui, sans-serif",
  grid: { stroke: colour("line"), width: 1 },
  ticks: { show: false }
})

const timeAxis = () => ({
  ...axis(),
  grid: { show: false },
  size: 28,
  space: 60,
  values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => splits.map((at) => clock.format(at * 1000))
})

/**
 * A line below a chart with the numbers of the minute under the pointer.
 * @param {HTMLElement} element
 * @param {(index: number) => string} read
 */
const reading = (element, read) => {
  const line = document.createElement("p")
  line.className = "reading"
  element.after(line)
  return (/** @type {{ cursor: { idx?: number | null } }} */ { cursor: { idx } }) => {
    line.textContent = typeof idx === "number" ? read(idx) : ""
  }
}

/** Half a minute more on both sides, so that no bar is cut off. */
const x = {
  range: (/** @type {unknown} */ _, /** @type {number} */ min, /** @type {number} */ max) => [min - 30, max + 30]
}

/**
 * The points of a series that no line leads to.
 * @param {{ data: (number | null)[][] }} plot
 * @param {number} series
 */
const lone = ({ data }, series) => {
  const values = data[series] ?? []
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : []
  )
}

/** @param {Charts} charts */
const stacked = ({ minutes, outcomes }) => {
  const sums = minutes.map(() => 0)
  const rows = OUTCOMES.map((outcome) =>
    minutes.map((_, index) => {
      sums[index] = (sums[index] ?? 0) + (outcomes[outcome]?.[index] ?? 0)
      return sums[index]
    })
  )
  // The highest is drawn first, and the lower ones over it.
  return [minutes, ...rows.toReversed()]
}

/** @param {Charts} charts */
const lines = ({ minutes, times }) => [minutes, ...TIMES.map(([name]) => times[name] ?? [])]

/** @type {Charts} */
let charts = JSON.parse(document.getElementById("charts")?.textContent ?? "{}")

const outcomesElement = document.getElementById("chart-outcomes")
const timesElement = document.getElementById("chart-times")

/** @param {HTMLElement} element */
const sizeOf = (element) => ({ width: element.clientWidth, height: element.clientHeight })

const minuteOf = (/** @type {number} */ index) => clock.format((charts.minutes[index] ?? 0) * 1000)

const readOutcomes = (/** @type {number} */ index) => {
  const found = OUTCOMES.flatMap((outcome) => {
    const count = charts.outcomes[outcome]?.[index] ?? 0
    return count === 0 ? [] : [`${count} ${outcome}`]
  })
  return `${minuteOf(index)}: ${found.length === 0 ? "no handovers" : found.join(", ")}`
}

const readTimes = (/** @type {number} */ index) =>
  `${minuteOf(index)}: ${TIMES.map(([name]) => `${name} ${inWords(charts.times[name]?.[index] ?? null)}`).join(", ")}`

const readings =
  outcomesElement && timesElement
    ? { outcomes: reading(outcomesElement, readOutcomes), times: reading(timesElement, readTimes) }
    : undefined

/** Draws both charts anew, in the colours of now. */
const draw = () => {
  if (!uPlot || !outcomesElement || !timesElement || readings === undefined) return []
  outcomesElement.replaceChildren()
  timesElement.replaceChildren()
  const common = { legend: { show: false }, cursor: { drag: { x: false, y: false }, points: { show: false } } }
  const bars = uPlot.paths.bars({ size: [0.8, 24] })
  return [
    new uPlot(
      {
        ...common,
        ...sizeOf(outcomesElement),
        hooks: { setCursor: [readings.outcomes] },
        scales: {
          x,
          y: {
            range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ max) => [
              0,
              Math.max(4, max * 1.1)
            ]
          }
        },
        axes: [
          timeAxis(),
          { ...axis(), size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }
        ],
        series: [
          {},
          ...OUTCOMES.toReversed().map((outcome) => ({
            fill: colour(`area-${outcome}`),
            width: 0,
            paths: bars,
            points: { show: false }
          }))
        ]
      },
      stacked(charts),
      outcomesElement
    ),
    new uPlot(
      {
        ...common,
        ...sizeOf(timesElement),
        hooks: { setCursor: [readings.times] },
        scales: {
          x,
          y: {
            range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ max) => [
              0,
              Math.max(10, max * 1.1)
            ]
          }
        },
        axes: [
          timeAxis(),
          {
            ...axis(),
            size: 58,
            values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => splits.map(inWords)
          }
        ],
        series: [
          {},
          ...TIMES.map(([, name, dash]) => ({
            stroke: colour(name),
            width: 2,
            dash,
            spanGaps: false,
            points: { show: true, size: 6, filter: lone }
          }))
        ]
      },
      lines(charts),
      timesElement
    )
  ]
}

let plots = draw()
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  plots = draw()
})
addEventListener("resize", () => {
  const [outcomes, times] = plots
  if (outcomesElement) outcomes?.setSize(sizeOf(outcomesElement))
  if (timesElement) times?.setSize(sizeOf(timesElement))
})

/** @param {Live} live */
const show = (live) => {
  for (const [id, text] of Object.entries(live.parts)) {
    const element = document.getElementById(`live-${id}`)
    if (element === null || element.dataset.text === text) continue
    // Focus would be lost.
    if (element.contains(document.activeElement) && id !== "at") continue
    element.dataset.text = text
    element.innerHTML = text
    localise(element)
  }
  charts = live.charts
  plots[0]?.setData(stacked(charts))
  plots[1]?.setData(lines(charts))
}

const stateOfPage = document.getElementById("live-state-of-page")
follow("/console/events?now", {
  now: (data) => show(JSON.parse(data)),
  state: (state) => {
    if (stateOfPage)
      stateOfPage.textContent =
        state === "live" ? "live," : state === "paused" ? "paused, as of" : "not connected, as of"
  }
})
