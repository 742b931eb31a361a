import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import { overlaps } from "../../../src/routing/check/overlaps.ts"
import type { DayHours, OpeningHours } from "../../../src/routing/format/OpeningHours.ts"
import { clockwork } from "../../../src/routing/table/Clockwork.ts"
import { calendarDay } from "../../../src/routing/table/calendar.ts"
import { hoursOn } from "../../../src/routing/table/dayHours.ts"
import { whole } from "../../support/arbitrary.ts"
import { among, either, maybe } from "./generators.ts"

const ready = (hours: OpeningHours) => {
  const made = clockwork(hours)
  assert.isDefined(made)
  return made
}

/** Whether hours are open at an instant, ISO 8601. */
const isOpen = (hours: OpeningHours, at: string) => {
  const millis = Date.parse(at)
  assert.isNotNaN(millis)
  return ready(hours).isOpen(millis)
}

const utc = (weekly: OpeningHours["weekly"], exceptions?: OpeningHours["exceptions"]): OpeningHours => ({
  zone: "UTC",
  weekly,
  ...(exceptions === undefined ? {} : { exceptions })
})

/** Checks hours at instants. 2026-11-23 is a Monday. */
const check = (name: string, hours: OpeningHours, instants: Readonly<Record<string, boolean>>) => {
  it(name, () => {
    for (const [at, expected] of Object.entries(instants)) assert.strictEqual(isOpen(hours, at), expected, at)
  })
}

describe("opening hours", () => {
  check("hold from their start until before their end", utc({ monday: "08:00-18:00" }), {
    "2026-11-23T07:59:59.999Z": false,
    "2026-11-23T08:00:00Z": true,
    "2026-11-23T17:59:59.999Z": true,
    "2026-11-23T18:00:00Z": false,
    "2026-11-24T12:00:00Z": false
  })

  check("may be several on one day", utc({ daily: ["08:00-12:00", "13:30-18:00"] }), {
    "2026-11-23T11:59:00Z": true,
    "2026-11-23T12:00:00Z": false,
    "2026-11-23T13:29:00Z": false,
    "2026-11-23T13:30:00Z": true
  })

  check("may have blanks around them", utc({ daily: " 08:00 - 12:00 " }), {
    "2026-11-23T07:59:00Z": false,
    "2026-11-23T08:00:00Z": true,
    "2026-11-23T12:00:00Z": false
  })

  check("end at 24:00 with the day", utc({ monday: "20:00-24:00" }), {
    "2026-11-23T23:59:59.999Z": true,
    "2026-11-24T00:00:00Z": false
  })

  for (const day of ["00:00-24:00", "00:00-00:00"]) {
    check(`of a whole day: ${day}`, utc({ monday: day }), {
      "2026-11-22T23:59:59Z": false,
      "2026-11-23T00:00:00Z": true,
      "2026-11-23T23:59:59Z": true,
      "2026-11-24T00:00:00Z": false
    })
  }

  check("over midnight belong to the day on which they start", utc({ friday: "22:00-06:00", saturday: "closed" }), {
    "2026-11-27T05:00:00Z": false,
    "2026-11-27T21:59:00Z": false,
    "2026-11-27T22:00:00Z": true,
    "2026-11-28T00:00:00Z": true,
    "2026-11-28T05:59:59Z": true,
    "2026-11-28T06:00:00Z": false,
    "2026-11-28T22:30:00Z": false
  })

  check("over midnight of Sunday go on into Monday", utc({ sunday: "22:00-06:00" }), {
    "2026-11-23T05:59:00Z": true,
    "2026-11-23T06:00:00Z": false
  })

  check("closed, none and not given are the same", utc({ monday: "closed", tuesday: [] }), {
    "2026-11-23T12:00:00Z": false,
    "2026-11-24T12:00:00Z": false,
    "2026-11-25T12:00:00Z": false
  })

  const precedence = utc({
    daily: "01:00-02:00",
    weekdays: "03:00-04:00",
    weekend: "05:00-06:00",
    wednesday: "07:00-08:00",
    sunday: "closed"
  })
  check("of a day come before those of weekdays and weekend, and these before daily", precedence, {
    "2026-11-24T03:30:00Z": true,
    "2026-11-24T01:30:00Z": false,
    "2026-11-25T07:30:00Z": true,
    "2026-11-25T03:30:00Z": false,
    "2026-11-28T05:30:00Z": true,
    "2026-11-28T01:30:00Z": false,
    "2026-11-29T05:30:00Z": false,
    "2026-11-29T01:30:00Z": false
  })

  check("daily are for each day that nothing else is for", utc({ daily: "01:00-02:00", weekend: "closed" }), {
    "2026-11-27T01:30:00Z": true,
    "2026-11-28T01:30:00Z": false
  })
})

describe("exceptions", () => {
  const hours = utc(
    { daily: "08:00-18:00" },
    { "2026-12-24": "08:00-12:00", "2026-12-25": "closed", "2026-12-31": "22:00-02:00", "2028-02-29": "20:00-21:00" }
  )
  check("stand instead of the week's hours", hours, {
    "2026-12-24T11:59:00Z": true,
    "2026-12-24T12:00:00Z": false,
    "2026-12-25T12:00:00Z": false,
    "2026-12-26T12:00:00Z": true,
    "2026-12-31T12:00:00Z": false,
    "2027-01-01T01:59:00Z": true,
    "2027-01-01T02:00:00Z": false,
    "2027-12-25T12:00:00Z": true,
    "2028-02-29T20:30:00Z": true,
    "2028-02-29T12:00:00Z": false
  })

  check("that are closed end no hours of the day before", utc({ daily: "22:00-06:00" }, { "2026-12-25": "closed" }), {
    "2026-12-25T05:59:00Z": true,
    "2026-12-25T06:00:00Z": false,
    "2026-12-25T23:00:00Z": false,
    "2026-12-26T03:00:00Z": false,
    "2026-12-26T23:00:00Z": true
  })

  check(
    "are dates of the zone, not of UTC",
    { zone: "Pacific/Auckland", weekly: { daily: "00:00-24:00" }, exceptions: { "2026-12-25": "closed" } },
    {
      "2026-12-24T10:59:59Z": true,
      "2026-12-24T11:00:00Z": false,
      "2026-12-25T10:59:59Z": false,
      "2026-12-25T11:00:00Z": true
    }
  )

  it("are found by their own names alone", () => {
    for (const exceptions of [{}, JSON.parse('{"__proto__":"closed"}')]) {
      assert.isTrue(isOpen(utc({ daily: "00:00-24:00" }, exceptions), "2026-12-25T12:00:00Z"))
    }
    const { path } = hoursOn(utc({ weekend: "08:00-09:00" }), calendarDay("2026-11-28") ?? 0)
    assert.deepStrictEqual(path, ["weekly", "weekend"])
  })

  it("are dates of the calendar", () => {
    for (const date of ["2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00"]) {
      assert.isUndefined(calendarDay(date), date)
    }
    assert.strictEqual(calendarDay("1970-01-01"), 0)
    assert.strictEqual(calendarDay("1969-12-31"), -1)
    assert.strictEqual(calendarDay("2028-02-29"), Date.UTC(2028, 1, 29) / 86_400_000)
  })
})

describe("the clock on the wall", () => {
  // Berlin: forward 2026-03-29 02:00 → 03:00 (01:00Z), back 2026-10-25 03:00 → 02:00 (01:00Z).
  check(
    "of Berlin, put forward: an hour that is left out opens nothing",
    { zone: "Europe/Berlin", weekly: { sunday: ["02:00-03:00", "04:00-05:00"] } },
    {
      "2026-03-29T00:59:59Z": false,
      "2026-03-29T01:00:00Z": false,
      "2026-03-29T01:59:59Z": false,
      "2026-03-29T02:00:00Z": true,
      "2026-03-29T03:00:00Z": false,
      "2026-04-05T00:30:00Z": true
    }
  )

  check(
    "of Berlin, put forward: hours over it are shorter",
    { zone: "Europe/Berlin", weekly: { saturday: "22:00-06:00" } },
    {
      "2026-03-28T20:59:59Z": false,
      "2026-03-28T21:00:00Z": true,
      "2026-03-29T01:00:00Z": true,
      "2026-03-29T03:59:59Z": true,
      "2026-03-29T04:00:00Z": false
    }
  )

  check(
    "of Berlin, put back: an hour that comes twice is open twice",
    { zone: "Europe/Berlin", weekly: { sunday: "02:00-03:00" } },
    {
      "2026-10-24T23:59:59Z": false,
      "2026-10-25T00:00:00Z": true,
      "2026-10-25T00:59:59Z": true,
      "2026-10-25T01:00:00Z": true,
      "2026-10-25T01:59:59Z": true,
      "2026-10-25T02:00:00Z": false
    }
  )

  // New York: forward 2026-03-08 02:00 → 03:00 (07:00Z), back 2026-11-01 02:00 → 01:00 (06:00Z).
  const newYork: OpeningHours = { zone: "America/New_York", weekly: { sunday: "01:30-02:30" } }
  check("of New York, put forward and back", newYork, {
    "2026-03-08T06:29:59Z": false,
    "2026-03-08T06:30:00Z": true,
    "2026-03-08T06:59:59Z": true,
    "2026-03-08T07:00:00Z": false,
    "2026-11-01T05:29:59Z": false,
    "2026-11-01T05:30:00Z": true,
    "2026-11-01T05:59:59Z": true,
    "2026-11-01T06:00:00Z": false,
    "2026-11-01T06:30:00Z": true,
    "2026-11-01T07:29:59Z": true,
    "2026-11-01T07:30:00Z": false
  })

  // Lord Howe: back 2026-04-05 02:00 (+11) → 01:30 (+10:30) at 15:00Z of the day before, forward 2026-10-04 02:00 → 02:30 at 15:30Z.
  const lordHowe: OpeningHours = { zone: "Australia/Lord_Howe", weekly: { sunday: ["01:30-02:00", "02:15-02:45"] } }
  check("of Lord Howe, by half an hour", lordHowe, {
    "2026-04-04T14:29:59Z": false,
    "2026-04-04T14:30:00Z": true,
    "2026-04-04T14:59:59Z": true,
    "2026-04-04T15:00:00Z": true,
    "2026-04-04T15:29:59Z": true,
    "2026-04-04T15:30:00Z": false,
    "2026-04-04T15:45:00Z": true,
    "2026-10-03T15:00:00Z": true,
    "2026-10-03T15:29:59Z": true,
    "2026-10-03T15:30:00Z": true,
    "2026-10-03T15:44:59Z": true,
    "2026-10-03T15:45:00Z": false
  })

  check(
    "of Kathmandu, three quarters of an hour off",
    { zone: "Asia/Kathmandu", weekly: { daily: "09:00-17:00" } },
    {
      "2026-11-23T03:14:59Z": false,
      "2026-11-23T03:15:00Z": true,
      "2026-11-23T11:14:59Z": true,
      "2026-11-23T11:15:00Z": false
    }
  )

  it("is shown to people", () => {
    const { localTime } = ready({ zone: "Europe/Berlin", weekly: { daily: "closed" } })
    assert.strictEqual(localTime(Date.parse("2026-11-25T10:22:59Z")), "Wed 2026-11-25 11:22 Europe/Berlin")
    assert.strictEqual(localTime(Date.parse("2026-12-31T23:05:00Z")), "Fri 2027-01-01 00:05 Europe/Berlin")
  })

  it("is none in a zone that is none", () => {
    assert.isUndefined(clockwork({ zone: "Europe/Nowhere", weekly: { daily: "08:00-18:00" } }))
  })
})

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Chatham",
  "America/St_Johns",
  "Africa/Casablanca",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "UTC"
]

const MINUTE = 60_000
const DAY = 86_400_000

const formatters = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      weekday: "long",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit"
    })
  ])
)

/** What a wall clock and calendar of a zone show, as Intl tells it. */
const wall = (zone: string, millis: number) => {
  const parts = Object.fromEntries(
    (formatters.get(zone)?.formatToParts(millis) ?? []).map(({ type, value }) => [type, value])
  )
  const { day, hour, minute, month, weekday = "", year } = parts
  return { date: `${year}-${month}-${day}`, time: `${hour}:${minute}`, weekday: weekday.toLowerCase() }
}

const offset = (zone: string, millis: number) => {
  const { date, time } = wall(zone, millis)
  return Date.parse(`${date}T${time}Z`) - millis
}

/** When the clocks of a zone change, between 2025 and 2028. */
const changes = (zone: string): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let day = Date.UTC(2025, 0, 1); day < Date.UTC(2028, 0, 1); day += DAY) {
    if (offset(zone, day) === offset(zone, day + DAY)) continue
    let [before, after] = [day, day + DAY]
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE
      if (offset(zone, middle) === offset(zone, day)) before = middle
      else after = middle
    }
    found.push(after)
  }
  return found
}

const CHANGES = new Map(ZONES.map((zone) => [zone, changes(zone)]))

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const

/** An opinion on opening hours that owes nothing to the code: texts compared with texts. */
const oracle = ({ exceptions, weekly, zone }: OpeningHours, millis: number): boolean => {
  const { date, time, weekday } = wall(zone, millis)
  const rangesOn = (date: string, weekday: string): ReadonlyArray<string> => {
    const isWeekend = weekday === "saturday" || weekday === "sunday"
    const written =
      exceptions?.[date] ??
      weekly[weekday as (typeof WEEKDAYS)[number]] ??
      (isWeekend ? weekly.weekend : weekly.weekdays) ??
      weekly.daily ??
      "closed"
    return written === "closed" ? [] : typeof written === "string" ? [written] : written
  }
  const isNight = (range: string) => range.slice(6) <= range.slice(0, 5)
  const yesterday = new Date(Date.parse(`${date}T12:00:00Z`) - DAY)
  return (
    rangesOn(date, weekday).some((range) => range.slice(0, 5) <= time && (isNight(range) || time < range.slice(6))) ||
    rangesOn(yesterday.toISOString().slice(0, 10), WEEKDAYS[yesterday.getUTCDay()] ?? "").some(
      (range) => isNight(range) && time < range.slice(6)
    )
  )
}

const times = [
  "00:00",
  "01:00",
  "01:30",
  "01:45",
  "02:00",
  "02:15",
  "02:30",
  "03:00",
  "04:00",
  "08:00",
  "17:45",
  "22:00"
]

const range = Arbitrary.map(
  Arbitrary.all([among([...times, "23:59"]), among([...times, "24:00"])]),
  ([from, until]) => `${from}-${until}`
)

const dayHours: Arbitrary.Arbitrary<DayHours> = either<DayHours>([
  range,
  range,
  Arbitrary.array(range, { maxLength: 3 }),
  Arbitrary.Constant("closed")
])

const MEMBERS = [...WEEKDAYS, "daily", "weekdays", "weekend"] as const

const weeklyHours: Arbitrary.Arbitrary<OpeningHours["weekly"]> = Arbitrary.map(
  Arbitrary.array(Arbitrary.all([among(MEMBERS), dayHours]), { minLength: 1, maxLength: 6 }),
  Object.fromEntries
)

const cases = Arbitrary.flatMap(
  Arbitrary.all({ zone: among(ZONES), weekly: weeklyHours, exception: maybe(dayHours, 3) }),
  ({ exception, weekly, zone }) => {
    const known = CHANGES.get(zone) ?? []
    const around = either([
      among(known.length === 0 ? [Date.UTC(2026, 2, 29)] : known),
      whole(0, 3000).pipe(Arbitrary.map((day) => Date.UTC(2023, 0, 1) + day * DAY))
    ])
    return Arbitrary.map(
      Arbitrary.all([around, whole(-26 * 60, 26 * 60), among([0, 1, 59_999])]),
      ([middle, minutes, rest]) => {
        const date = wall(zone, middle).date
        const hours: OpeningHours = {
          zone,
          weekly,
          ...(exception === undefined ? {} : { exceptions: { [date]: exception } })
        }
        return { hours, now: middle + minutes * MINUTE + rest }
      }
    )
  }
)

describe("any opening hours", () => {
  it("has zones whose clocks change", () => {
    assert.deepStrictEqual(
      CHANGES.get("Europe/Berlin")
        ?.slice(2, 4)
        .map((at) => new Date(at).toISOString()),
      ["2026-03-29T01:00:00.000Z", "2026-10-25T01:00:00.000Z"]
    )
    assert.isAtLeast([...CHANGES.values()].filter(({ length }) => length > 0).length, 6)
  })

  it.prop(
    "are open when the wall clock that Intl knows says so",
    { case: cases },
    ({ case: { hours, now } }) => {
      const { isOpen } = ready(hours)
      for (const at of [now, now + 30 * MINUTE, now + 60 * MINUTE, now]) {
        assert.strictEqual(isOpen(at), oracle(hours, at), new Date(at).toISOString())
      }
    },
    { arbitrary: { runs: 600 } }
  )

  it.prop("show the wall clock that Intl knows", { case: cases }, ({ case: { hours, now } }) => {
    const { date, time, weekday } = wall(hours.zone, now)
    const day = `${weekday[0]?.toUpperCase()}${weekday.slice(1, 3)}`
    assert.strictEqual(ready(hours).localTime(now), `${day} ${date} ${time} ${hours.zone}`)
  })

  /** Whether some minute of three weeks, with the exceptions in the middle one, is within two ranges. */
  const hasOverlap = (hours: OpeningHours, monday: number) => {
    const seen = new Uint8Array(24 * 24 * 60)
    const zoneless = { ...hours, zone: "UTC" }
    for (let day = 0; day < 22; day++) {
      const date = new Date(monday + day * DAY).toISOString().slice(0, 10)
      const { ranges } = hoursOn(zoneless, calendarDay(date) ?? 0)
      for (const { from, until } of ranges) {
        for (let minute = from; minute < until; minute++) {
          const at = day * 24 * 60 + minute
          if (seen[at] === 1) return true
          seen[at] = 1
        }
      }
    }
    return false
  }

  const someExceptions = Arbitrary.map(
    Arbitrary.array(Arbitrary.all([among(["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-28"]), dayHours]), {
      maxLength: 3
    }),
    Object.fromEntries
  )

  it.prop(
    "overlap where a minute is within two ranges, and nowhere else",
    { weekly: weeklyHours, exceptions: someExceptions },
    ({ exceptions, weekly }) => {
      const hours = { zone: "Europe/Berlin", weekly, exceptions }
      assert.strictEqual(overlaps(hours).length > 0, hasOverlap(hours, Date.UTC(2026, 10, 16)))
    },
    { arbitrary: { runs: 200 } }
  )
})

describe("overlaps", () => {
  it("are none where ranges touch", () => {
    for (const weekly of [
      { daily: ["08:00-12:00", "12:00-18:00"] },
      { daily: ["12:00-18:00", "08:00-12:00"] },
      { daily: "00:00-24:00" },
      { daily: "06:00-06:00" },
      { daily: ["22:00-06:00", "06:00-22:00"] },
      { friday: "22:00-06:00", saturday: "06:00-08:00" }
    ]) {
      assert.deepStrictEqual(overlaps({ zone: "UTC", weekly }), [], JSON.stringify(weekly))
    }
  })

  it("are found within a day, whatever the order", () => {
    const expected = (index: number) => ({
      path: ["weekly", "daily", index],
      first: "08:00-12:00",
      second: "11:59-18:00",
      isOfDayBefore: false
    })
    assert.deepStrictEqual(overlaps(utc({ daily: ["08:00-12:00", "11:59-18:00"] })), [expected(1)])
    assert.deepStrictEqual(overlaps(utc({ daily: ["11:59-18:00", "08:00-12:00"] })), [expected(0)])
  })

  it("are found over midnight", () => {
    assert.deepStrictEqual(overlaps(utc({ friday: "22:00-06:00", saturday: "05:00-08:00" })), [
      { path: ["weekly", "saturday"], first: "22:00-06:00", second: "05:00-08:00", isOfDayBefore: true }
    ])
    assert.deepStrictEqual(overlaps(utc({ sunday: "22:00-06:00", monday: "05:00-08:00" })), [
      { path: ["weekly", "monday"], first: "22:00-06:00", second: "05:00-08:00", isOfDayBefore: true }
    ])
  })

  it("are not said to be of the day before where they are of the same day", () => {
    const found = overlaps(utc({ monday: ["08:00-02:00", "20:00-22:00"], tuesday: ["01:00-03:00", "05:00-06:00"] }))
    assert.deepStrictEqual(
      found.map(({ isOfDayBefore, path }) => [path.join("."), isOfDayBefore]),
      [
        ["weekly.monday.1", false],
        ["weekly.tuesday.0", true]
      ]
    )
  })

  it("are found around exceptions, on both sides", () => {
    assert.deepStrictEqual(overlaps(utc({ daily: "08:00-18:00" }, { "2026-12-24": "20:00-09:00" })), [
      { path: ["weekly", "daily"], first: "20:00-09:00", second: "08:00-18:00", isOfDayBefore: true }
    ])
    assert.deepStrictEqual(overlaps(utc({ daily: "22:00-06:00" }, { "2026-12-25": "05:00-07:00" })), [
      { path: ["exceptions", "2026-12-25"], first: "22:00-06:00", second: "05:00-07:00", isOfDayBefore: true }
    ])
    assert.deepStrictEqual(overlaps(utc({ daily: "22:00-06:00" }, { "2026-12-25": "06:00-07:00" })), [])
  })

  it("are found with a long range, past one within it", () => {
    assert.lengthOf(overlaps(utc({ monday: ["08:00-18:00", "09:00-10:00", "17:00-19:00"] })), 2)
  })
})
