import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import { parseTime, TIME_FORMAT } from "../../../src/routing/explain/time.ts"
import { whole } from "../../support/arbitrary.ts"
import { among, either, texts } from "./generators.ts"

const iso = (text: string) => {
  const millis = parseTime(text)
  return millis === undefined ? undefined : new Date(millis).toISOString()
}

describe("a time", () => {
  it.each([
    ["2026-12-24T18:30:00+01:00", "2026-12-24T17:30:00.000Z"],
    ["2026-12-24T18:30+01:00", "2026-12-24T17:30:00.000Z"],
    ["2026-12-24T18:30:00-05:30", "2026-12-25T00:00:00.000Z"],
    ["2026-12-24T18:30Z", "2026-12-24T18:30:00.000Z"],
    ["2026-12-24T18:30:15Z", "2026-12-24T18:30:15.000Z"],
    ["2026-12-24T18:30:15.25Z", "2026-12-24T18:30:15.250Z"],
    ["2026-12-24T18:30:15.123456789Z", "2026-12-24T18:30:15.123Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["  2026-12-24T18:30:00Z\n", "2026-12-24T18:30:00.000Z"]
  ])("in ISO 8601 is an instant: %j", (text, expected) => assert.strictEqual(iso(text), expected))

  it.each([
    ["2026-12-24 18:30 Europe/Berlin", "2026-12-24T17:30:00.000Z"],
    ["2026-07-24 18:30 Europe/Berlin", "2026-07-24T16:30:00.000Z"],
    ["2026-12-24T18:30:15 Europe/Berlin", "2026-12-24T17:30:15.000Z"],
    ["2026-12-24 18:30 UTC", "2026-12-24T18:30:00.000Z"],
    ["2026-12-24 18:30 America/Argentina/Buenos_Aires", "2026-12-24T21:30:00.000Z"],
    ["2026-12-24 18:30 Asia/Kathmandu", "2026-12-24T12:45:00.000Z"],
    ["2026-12-24 18:30 Etc/GMT-14", "2026-12-24T04:30:00.000Z"],
    ["2026-12-24 00:30 Pacific/Kiritimati", "2026-12-23T10:30:00.000Z"],
    ["2028-02-29 12:00 America/New_York", "2028-02-29T17:00:00.000Z"],
    [" 2026-12-24 18:30 Europe/Berlin ", "2026-12-24T17:30:00.000Z"]
  ])("with a zone is what the clocks there show: %j", (text, expected) => assert.strictEqual(iso(text), expected))

  it.each([
    ["2026-03-29 01:59 Europe/Berlin", "2026-03-29T00:59:00.000Z"],
    ["2026-03-29 03:00 Europe/Berlin", "2026-03-29T01:00:00.000Z"],
    ["2026-10-25 01:59 Europe/Berlin", "2026-10-24T23:59:00.000Z"],
    ["2026-10-25 03:00 Europe/Berlin", "2026-10-25T02:00:00.000Z"],
    ["2026-03-08 01:59 America/New_York", "2026-03-08T06:59:00.000Z"],
    ["2026-03-08 03:00 America/New_York", "2026-03-08T07:00:00.000Z"]
  ])("next to where the clocks change is exact: %j", (text, expected) => assert.strictEqual(iso(text), expected))

  // With the offset of before or of after: either is a fair reading.
  it.each([
    ["2026-03-29 02:30 Europe/Berlin", "2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25 02:30 Europe/Berlin", "2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"],
    ["2026-03-08 02:30 America/New_York", "2026-03-08T06:30:00.000Z", "2026-03-08T07:30:00.000Z"],
    ["2026-11-01 01:30 America/New_York", "2026-11-01T05:30:00.000Z", "2026-11-01T06:30:00.000Z"],
    ["2026-04-05 01:45 Australia/Lord_Howe", "2026-04-04T14:45:00.000Z", "2026-04-04T15:15:00.000Z"]
  ])("that the clocks leave out or show twice is next to the change: %j", (text, ...readings) =>
    assert.include(readings, iso(text))
  )

  it("of a day that a zone left out is a time all the same", () => {
    assert.isNumber(parseTime("2011-12-30 12:00 Pacific/Apia"))
  })

  it.each([
    "",
    " ",
    "now",
    "tomorrow 18:30",
    "1798133400000",
    "2026-12-24",
    "18:30",
    "2026-12-24T18:30:00",
    "2026-12-24 18:30",
    "2026-12-24 18:30:00Z",
    "2026-12-24T18:30:00 +01:00",
    "2026-12-24T18:30:00+0100",
    "2026-12-24T18:30:00+01",
    "2026-12-24T18:30:00+25:00",
    "2026-12-24T18Z",
    "2026-12-24t18:30:00z",
    "26-12-24T18:30:00Z",
    "+002026-12-24T18:30:00Z",
    "12/24/2026 18:30 Europe/Berlin",
    "24.12.2026 18:30 Europe/Berlin",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-12-00T00:00:00Z",
    "2026-12-32T00:00:00Z",
    "2026-12-24T25:00:00Z",
    "2026-12-24T18:60:00Z",
    "2026-12-24T18:30:60Z",
    "2026-12-24T18:30:00,5Z",
    "2026-12-24T18:30:00Z[Europe/Berlin]",
    "2026-13-01 00:00 Europe/Berlin",
    "2026-12-32 00:00 Europe/Berlin",
    "2026-12-24 25:00 Europe/Berlin",
    "2026-12-24 18:60 Europe/Berlin",
    "2026-12-24 6:30 Europe/Berlin",
    "2026-12-24 18:30 Europe/Berln",
    "2026-12-24 18:30 Nowhere",
    "2026-12-24 18:30 __proto__",
    "2026-12-24 18:30 Europe/Berlin Europe/Berlin",
    "2026-12-24  18:30 Europe/Berlin",
    "2026-12-24 18:30 Europe/Berlin\u0000",
    "२०२६-12-24T18:30:00Z",
    `2026-12-24 18:30 ${"Europe/".repeat(10_000)}`,
    `${"2026-12-24 ".repeat(10_000)}`
  ])("is none: %.60j", (text) => assert.isUndefined(parseTime(text)))

  it.each([
    "2026-02-29T12:00:00Z",
    "2026-02-30T12:00:00Z",
    "2026-04-31T12:00:00+02:00",
    "2026-02-29 12:00 Europe/Berlin",
    "2026-06-31 12:00 UTC"
  ])("on a day that the calendar does not have is none, not the next month's: %s", (text) =>
    assert.isUndefined(parseTime(text))
  )

  it("has a format that its own examples follow", () => {
    const examples = TIME_FORMAT.match(/\d{4}-\d\d-\d\d[T ]\S+(?: [A-Z]\w+\/\w+)?/g) ?? []
    assert.lengthOf(examples, 2)
    for (const example of examples) assert.isNumber(parseTime(example.replace(/,$/, "")), example)
  })
})

const two = (number: number) => String(number).padStart(2, "0")

const zones = among([
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Africa/Monrovia",
  "Antarctica/Troll"
])

/** Texts that are nearly times, or are. */
const nearly = Arbitrary.map(
  Arbitrary.all({
    year: among(["0000", "0001", "1883", "1970", "2026", "9999", "12026", "-001"]),
    month: whole(0, 13),
    day: whole(0, 33),
    between: among(["T", "T", " ", " ", "t", "  "]),
    hour: whole(0, 25),
    minute: whole(0, 61),
    seconds: among(["", "", ":00", ":59", ":60", ":00.5", ":"]),
    end: either([
      among(["Z", "+01:00", "-23:59", "+24:00", " Z", " +01:00", ""]),
      Arbitrary.map(zones, (zone) => ` ${zone}`)
    ])
  }),
  ({ between, day, end, hour, minute, month, seconds, year }) =>
    `${year}-${two(month)}-${two(day)}${between}${two(hour)}:${two(minute)}${seconds}${end}`
)

let parsed = 0

describe("any text", () => {
  it.prop(
    "is a time that can be written, or none, and nothing is thrown",
    { text: either([nearly, nearly, texts, Arbitrary.map(texts, (text) => `2026-12-24 18:30 ${text}`)]) },
    ({ text }) => {
      const millis = parseTime(text)
      if (millis === undefined) return
      parsed++
      assert.isTrue(Number.isSafeInteger(millis), text)
      assert.isString(new Date(millis).toISOString())
    },
    { arbitrary: { runs: 1000 } }
  )

  it("is a time often enough for that to mean something", () => assert.isAbove(parsed, 25))

  const instant = whole(Date.UTC(1971, 0, 1), Date.UTC(2099, 0, 1))

  it.prop("that `toISOString` writes is the time that it was written of", { instant }, ({ instant }) => {
    assert.strictEqual(parseTime(new Date(instant).toISOString()), instant)
  })

  it.prop(
    "that the clocks of a zone show is a time at which they show it",
    { instant, zone: zones },
    ({ instant, zone }) => {
      const show = (millis: number) =>
        new Date(millis).toLocaleString("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" })
      const shown = show(instant)
      const millis = parseTime(`${shown} ${zone}`)
      assert.isDefined(millis)
      assert.strictEqual(show(Number(millis)), shown)
    },
    { arbitrary: { runs: 500 } }
  )
})
