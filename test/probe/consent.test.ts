/** Before it writes to the tenant, the probe says what it will do, and asks. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeySecret,
  digitalChannelId,
  digitalClientSecret
} from "../../src/simulator/digital/DigitalOptions.ts"
import { probing, withSimulator } from "./support.ts"

const wrote = ({ counts }: Effect.Success<ReturnType<typeof probing>>) =>
  counts.post + counts.status + counts.routeToQueue + counts.routeToAgent + counts.priority + counts.label

describe("the probe", () => {
  for (const typed of ["", "n", "no", "yeah", "\u0004"]) {
    it.live(`writes nothing when somebody types ${JSON.stringify(typed)}`, () =>
      Effect.gen(function* () {
        const run = yield* probing({ isAgreed: false, burst: true }, { typed })
        assert.strictEqual(wrote(run), 0)
        assert.isFalse(run.isWell)
        assert.include(run.text, `   channel ${digitalChannelId}, named Cognigy, at http://cxone.simulated\n`)
        assert.match(
          run.text,
          /12 messages of users of the probe's own \(cognigy_probe-\w+-…\), which open at most 12 /
        )
        assert.include(run.text, "another one is updated up to 270 times")
        assert.match(run.text, /Go on\? \[y\/N\] .*Stopped: not agreed to\./s)
      }).pipe(withSimulator())
    )
  }

  it.live("goes on when somebody types y", () =>
    Effect.gen(function* () {
      const run = yield* probing({ isAgreed: false }, { typed: " Y " })
      assert.isTrue(run.isWell)
      assert.isAbove(wrote(run), 0)
      // It announces no less than it does.
      assert.strictEqual(run.counts.post, 11)
      assert.include(run.text, "   11 messages of users")
    }).pipe(withSimulator())
  )

  it.live("writes nothing without a terminal, unless that is agreed to", () =>
    Effect.gen(function* () {
      const run = yield* probing({ isAgreed: false })
      assert.strictEqual(wrote(run), 0)
      assert.include(run.text, "Stopped: nobody can be asked without a terminal: give --yes to go on.")
      assert.lengthOf(run.report.questions, 1)
    }).pipe(withSimulator())
  )

  it.live("shows no secret, no token and no body, in its lines and in its report", () =>
    Effect.gen(function* () {
      const simulator = yield* DigitalSimulator
      const run = yield* probing({ burst: true })
      const { calls } = yield* simulator.state
      assert.isAbove(calls.length, 0)
      for (const secret of [digitalClientSecret, digitalAccessKeySecret, "Bearer", "eyJ", "tok_", "simulator-1"]) {
        assert.notInclude(run.text, secret)
        assert.notInclude(run.json, secret)
      }
      // The channel's name holds a secret: CXone chooses it.
      assert.include(run.text, "named My *** channel,")
      assert.strictEqual(run.report.channel.name, "My *** channel")
    }).pipe(withSimulator({ channels: [{ id: digitalChannelId, name: `My ${digitalAccessKeySecret} channel` }] }))
  )

  for (const [what, more, line] of [
    [
      "the access key is wrong",
      { accessKeySecret: Redacted.make("wrong") },
      /\? token: no answer, since the issuer answered 401 \(invalid_grant\): .*access key/
    ],
    [
      "the client is wrong",
      { clientSecret: Redacted.make("wrong") },
      /\? token: no answer, since the issuer answered 401 \(invalid_client\): /
    ],
    [
      "the issuer is another server",
      { issuer: "http://elsewhere.test" },
      /\? token: no answer, since .*no answer came/
    ],
    [
      "the tenant is another one",
      { tenantId: "another" },
      /\? discovery: no answer, since .*CXone's answer is not its contract \(discovery, status 404\)/
    ],
    [
      "the channel is unknown",
      { channelId: "nowhere" },
      /\? channel: no answer, since 200, and the channel nowhere is unknown or not visible: check CXONE_CHANNEL_ID/
    ]
  ] as const) {
    it.live(`writes nothing when ${what}`, () =>
      Effect.gen(function* () {
        const run = yield* probing({}, { settings: more })
        assert.strictEqual(wrote(run), 0)
        assert.isFalse(run.isWell)
        assert.match(run.text, line)
        assert.notInclude(run.text, "wrong")
        assert.match(run.lines.at(-2) ?? "", /not reached: 8 of 9 questions$/)
      }).pipe(withSimulator())
    )
  }

  it.live("goes on by a channel's id when its role may not see channels", () =>
    Effect.gen(function* () {
      const run = yield* probing()
      assert.include(run.text, `channel ${digitalChannelId}, whose name CXone does not tell, at`)
      assert.match(run.text, /\? channel: no answer, since CXone answered 403\./)
      assert.lengthOf(run.report.questions, 9)
      assert.isFalse(run.isWell)
    }).pipe(withSimulator({ denied: ["channel"] }))
  )
})
