import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import type { DayHours, OpeningHours } from "../../../src/routing/format/OpeningHours.ts"
import { clockwork } from "../../../src/routing/table/Clockwork.ts"
import { hoursAt } from "../../../src/routing/table/hoursAt.ts"
import { whole } from "../../support/arbitrary.ts"
import { among, either, maybe } from "./generators.ts"

const stateOf = (hours: OpeningHours, at: string) => {
  const [state] = hoursAt({ hours: { office: hours } }, Date.parse(at))
  assert.isDefined(state)
  return state
}

/** Checks, for instants, whether hours are open and until when. 2026-11-23 is a Monday. */
const check = (
  name: string,
  hours: OpeningHours,
  instants: Readonly<Record<string, readonly ["open" | "closed", string | undefined]>>
) => {
  it(name, () => {
    for (const [at, [state, until]] of Object.entries(instants)) {
      const { isOpen, until: change } = stateOf(hours, at)
      assert.strictEqual(isOpen ? "open" : "closed", state, at)
      assert.strictEqual(change, until === undefined ? undefined : Date.parse(until), at)
    }
  })
}

const utc = (weekly: OpeningHours["weekly"], exceptions?: OpeningHours["exceptions"]): OpeningHours => ({
  zone: "UTC",
  weekly,
  ...(exceptions === undefined ? {} : { exceptions })
})

describe("opening hours at a time", () => {
  check("change at their start and end", utc({ weekdays: ["08:00-12:00", "13:00-18:00"] }), {
    "2026-11-23T07:59:59.999Z": ["closed", "2026-11-23T08:00:00Z"],
    "2026-11-23T08:00:00Z": ["open", "2026-11-23T12:00:00Z"],
    "2026-11-23T12:00:00Z": ["closed", "2026-11-23T13:00:00Z"],
    "2026-11-27T18:00:00Z": ["closed", "2026-11-30T08:00:00Z"]
  })

  check("go on where one range ends and another begins", utc({ monday: "20:00-24:00", tuesday: "00:00-06:00" }), {
    "2026-11-23T21:00:00Z": ["open", "2026-11-24T06:00:00Z"]
  })

  check("go on where ranges overlap", utc({ daily: ["08:00-12:00", "10:00-14:00"], friday: "22:00-09:00" }), {
    "2026-11-23T08:30:00Z": ["open", "2026-11-23T14:00:00Z"],
    "2026-11-27T23:00:00Z": ["open", "2026-11-28T14:00:00Z"]
  })

  check("that are always the same have no next change", utc({ daily: "00:00-24:00" }), {
    "2026-11-23T21:00:00Z": ["open", undefined]
  })

  check("change on an exception", utc({ daily: "00:00-24:00" }, { "2026-12-25": "closed", "2026-12-26": [] }), {
    "2026-12-24T12:00:00Z": ["open", "2026-12-25T00:00:00Z"],
    "2026-12-25T12:00:00Z": ["closed", "2026-12-27T00:00:00Z"]
  })

  check("are looked at two weeks ahead", utc({ daily: "closed" }, { "2026-12-24": "08:00-12:00" }), {
    "2026-12-10T08:00:00Z": ["closed", "2026-12-24T08:00:00Z"],
    "2026-12-10T07:59:00Z": ["closed", undefined]
  })

  check(
    "end later by the hour that comes twice",
    { zone: "Europe/Berlin", weekly: { sunday: "01:00-02:30" } },
    {
      "2026-10-24T23:30:00Z": ["open", "2026-10-25T00:30:00Z"],
      "2026-10-25T00:45:00Z": ["closed", "2026-10-25T01:00:00Z"],
      "2026-10-25T01:00:00Z": ["open", "2026-10-25T01:30:00Z"]
    }
  )

  check(
    "change when the clock is put forward",
    { zone: "Europe/Berlin", weekly: { sunday: "01:00-02:30" } },
    {
      "2026-03-29T00:30:00Z": ["open", "2026-03-29T01:00:00Z"]
    }
  )

  check(
    "find a short day after the clock was put forward late in the evening before",
    { zone: "Europe/Berlin", weekly: { daily: "closed" }, exceptions: { "2026-03-29": "12:00-13:00" } },
    { "2026-03-27T22:30:00Z": ["closed", "2026-03-29T10:00:00Z"] }
  )

  it("have the names and the order of the table", () => {
    const weekly = { daily: "08:00-18:00" }
    const hours = {
      night: { zone: "Europe/Berlin", weekly: { daily: "20:00-06:00" } },
      office: { zone: "UTC", weekly }
    }
    assert.deepStrictEqual(hoursAt({ hours }, Date.parse("2026-11-25T19:30:00Z")), [
      {
        name: "night",
        isOpen: true,
        until: Date.parse("2026-11-26T05:00:00Z"),
        localUntil: "Thu 2026-11-26 06:00 Europe/Berlin",
        localTime: "Wed 2026-11-25 20:30 Europe/Berlin"
      },
      {
        name: "office",
        isOpen: false,
        until: Date.parse("2026-11-26T08:00:00Z"),
        localUntil: "Thu 2026-11-26 08:00 UTC",
        localTime: "Wed 2026-11-25 19:30 UTC"
      }
    ])
    assert.deepStrictEqual(hoursAt({}, 0), [])
  })

  const QUARTER = 15 * 60_000
  const time = Arbitrary.map(
    whole(0, 95),
    (quarter) => `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`
  )
  const range = Arbitrary.map(
    Arbitrary.all([time, either([time, time, Arbitrary.Constant("24:00")])]),
    ([from, to]) => `${from}-${to}`
  )
  const day = either<DayHours>([range, Arbitrary.array(range, { maxLength: 3 }), Arbitrary.Constant("closed")])
  /** Days on which some of the zones put their clocks forward or back, and one on which none does. */
  const dates = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-07-01"]
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "America/Santiago"]
  const moments = Arbitrary.all({
    date: among(dates),
    quarter: whole(-96, 192),
    zone: among([...zones, "Asia/Kathmandu", "Africa/Casablanca"]),
    daily: maybe(day),
    sunday: maybe(day),
    monday: maybe(day),
    exception: maybe(day)
  })

  it.prop(
    "change when a look at every quarter of an hour says so",
    { moments },
    ({ moments: { daily, date, exception, monday, quarter, sunday, zone } }) => {
      const weekly = { ...(daily && { daily }), ...(sunday && { sunday }), ...(monday && { monday }) }
      const ready = clockwork({ zone, weekly, ...(exception && { exceptions: { [date]: exception } }) })
      assert.isDefined(ready)
      const now = Date.parse(`${date}T00:00:00Z`) + quarter * QUARTER
      const ahead = Array.from({ length: 14 * 96 }, (_, index) => now + (index + 1) * QUARTER)
      const isOpen = ready.isOpen(now)
      assert.strictEqual(
        ready.nextChange(now),
        ahead.find((later) => ready.isOpen(later) !== isOpen)
      )
    },
    { arbitrary: { runs: 150 } }
  )
})
