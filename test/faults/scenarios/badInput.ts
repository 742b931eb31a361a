/** The webhook gets what nobody means to send. */
import { Arbitrary, Effect, Ref } from "effect"
import { nowMillis } from "../../../src/std/clock.ts"
import { type BadRequest, badRequests, brokenRequests } from "../badInput.ts"
import { secrets } from "../RouterProcess.ts"
import type { Scenario, Stage } from "../Scenario.ts"
import { type Heard, makeWire } from "../Wire.ts"

const CONNECTIONS = 16

/** What a failure is repeated from, without the whole of a large body. */
const described = ({ bytes }: BadRequest, { body, head, outcome }: Heard, index: number) =>
  `#${index} ${outcome} ${head.split("\r\n", 1)[0]} ${body.slice(0, 200)} for ${JSON.stringify(Buffer.from(bytes).toString("latin1").slice(0, 1500))}`

const isTooMuchSaid = ({ body }: Heard) =>
  /node_modules|\.ts:\d/.test(body) || secrets.some((secret) => body.includes(secret))

/** Bad input of every kind. */
export const badInput: Scenario = {
  name: "bad-input",
  about: "generated bodies, headers and broken HTTP",
  // What is generated names the agent of the other dialect.
  tenant: { anyTarget: true },
  run: Effect.fnUntraced(function* ({ check, count, load, pick, router, size }: Stage) {
    const generate = (requests: Arbitrary.Arbitrary<BadRequest>, howMany: number) =>
      Effect.orDie(Arbitrary.sampleEffect(requests, { count: howMany, seed: size.seed }))
    const requests = [
      ...(yield* generate(badRequests, pick(12_000, 500))),
      ...(yield* generate(brokenRequests, pick(1000, 60)))
    ]
    const next = yield* Ref.make(0)
    const sender = Effect.scoped(
      Effect.gen(function* () {
        const wire = yield* makeWire(router.port)
        while (true) {
          const index = yield* Ref.getAndUpdate(next, (index) => index + 1)
          const request = requests[index]
          if (request === undefined) return
          const started = yield* nowMillis
          const heard = yield* wire.ask(request.bytes, request.method, !request.isHttp)
          count(heard.outcome, (yield* nowMillis) - started)
          const isFine =
            typeof heard.outcome === "number" ? heard.outcome < 500 : heard.outcome === "closed" && !request.isHttp
          if (!isFine)
            check(
              "every request is answered below 500, and broken HTTP at least cleanly",
              false,
              described(request, heard, index)
            )
          if (isTooMuchSaid(heard)) check("no answer says too much", false, described(request, heard, index))
        }
      })
    )
    yield* Effect.all(
      Array.from({ length: CONNECTIONS }, () => sender),
      { concurrency: CONNECTIONS, discard: true }
    )
    yield* load.all(load.webhooks(24, "after"), 8)
    const healthy = yield* load.get("/healthz")
    check("the router lives", healthy.outcome === 200, healthy.outcome)
  })
}
