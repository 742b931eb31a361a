import { assert, describe, it } from "@effect/vitest"
import { listHref, readQuery } from "../../src/console/handoverQuery.ts"
import { handoverId } from "./support/entries.ts"

const read = (query: string) => readQuery(new URLSearchParams(query))

const problemsOf = (query: string) => read(query).problems.map(({ name, problem }) => `${name}: ${problem}`)

describe("the query of the list of handovers", () => {
  it("has every filter of the URL, for the history", () => {
    const { filter, problems } = read(
      "outcome=failed&outcome=refused&rule=r-1&target=queue:q-1&language=de-DE&user=anna%20&session=s-1&correlation=c-1&from=2026-01-31T08:00:00Z&to=2026-01-31T09:00:00.5Z"
    )
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(filter, {
      outcomes: ["refused", "failed"],
      rule: "r-1",
      target: "queue:q-1",
      language: "de-DE",
      // Ids are opaque: this one has a space.
      userId: "anna ",
      sessionId: "s-1",
      correlationId: "c-1",
      from: Date.UTC(2026, 0, 31, 8),
      to: Date.UTC(2026, 0, 31, 9, 0, 0, 500)
    })
  })

  it("has no filter for what a form leaves empty", () => {
    const { filter, problems } = read("outcome=&rule=&target=&user=+&from=&to=")
    assert.deepStrictEqual({ filter, problems }, { filter: {}, problems: [] })
  })

  it("takes times with a zone, without one (UTC), and with a plus that became a space", () => {
    const from = (text: string) => read(`from=${text}`).filter.from
    const at = Date.UTC(2026, 0, 31, 8, 30)
    for (const text of ["2026-01-31T08:30", "2026-01-31T09:30%2B01:00", "2026-01-31T09:30+0100", "2026-01-31+08:30Z"])
      assert.strictEqual(from(text), at, text)
    assert.strictEqual(from("2026-01-31"), Date.UTC(2026, 0, 31))
  })

  it("says what is wrong with a value instead of ignoring it", () => {
    assert.deepStrictEqual(problemsOf("outcome=faild&outcome=success"), [
      "outcome: “faild” is no outcome: did you mean failed?"
    ])
    assert.deepStrictEqual(problemsOf("usr=x"), ["usr: “usr” is no filter: did you mean user?"])
    assert.deepStrictEqual(problemsOf("target=support"), ["target: “support” is no target: write queue:ID or agent:ID"])
    for (const time of ["yesterday", "2026-02-31", "2026-01-31T25:00", "1769848200"])
      assert.deepStrictEqual(problemsOf(`from=${time}`), [
        `from: “${time}” is no time: write it as 2026-01-31T08:30:00Z`
      ])
    assert.deepStrictEqual(problemsOf("from=2026-02-01&to=2026-01-01"), [
      "to: not after “from”, so no time is between them"
    ])
    assert.deepStrictEqual(problemsOf("rule=a&rule=b"), ["rule: given more than once: one is possible"])
    assert.deepStrictEqual(problemsOf("before=1%20OR%201"), ["before: “1 OR 1” is no handover's id"])
    assert.deepStrictEqual(problemsOf(`before=${handoverId(1)}&after=${handoverId(2)}`), [
      "after: not together with “before”"
    ])
    for (const value of ["%00", "x".repeat(300)])
      assert.match(problemsOf(`user=${value}`).join(), /^user: no handover has it: /)
  })

  it("comes back from the address that it makes", () => {
    const href =
      "/console/handovers?outcome=refused&outcome=failed&rule=a%26b&user=%D9%85+%3Cb%3E&from=2026-01-31T08%3A00%3A00Z"
    const query = read(href.split("?")[1] ?? "")
    assert.strictEqual(listHref(query), href)
    assert.strictEqual(listHref({}), "/console/handovers")
    assert.strictEqual(listHref({}, { before: "x" }), "/console/handovers?before=x")
  })
})
