/** The sampler: it chooses which traces are sent, as OpenTelemetry's variables say. */
import { Config, Effect, Option, Tracer } from "effect"
import { type Problems, setting, whereRight } from "../std/Setting.ts"
import { numberConfig, wordConfig } from "../std/valueConfigs.ts"

/** Which traces are sent. */
export interface TraceSampler {
  /** The sender decides about its own traces. */
  readonly followsSender: boolean
  /** The share of all other traces that is sent, 0 to 1; a trace's id decides. */
  readonly ratio: number
}

const SAMPLERS = {
  always_on: { followsSender: false, share: () => 1 },
  always_off: { followsSender: false, share: () => 0 },
  traceidratio: { followsSender: false, share: (ratio: number) => ratio },
  parentbased_always_on: { followsSender: true, share: () => 1 },
  parentbased_always_off: { followsSender: true, share: () => 0 },
  parentbased_traceidratio: { followsSender: true, share: (ratio: number) => ratio }
}

const NAMES = Object.keys(SAMPLERS) as ReadonlyArray<keyof typeof SAMPLERS>

const DEFAULT = "parentbased_always_on"

/** The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name. What is wrong is as if it were not set. */
export const samplerSettings: Effect.Effect<{ readonly sampler: TraceSampler; readonly warnings: Problems }> =
  Effect.map(
    whereRight({
      name: setting(
        "OTEL_TRACES_SAMPLER",
        wordConfig("OTEL_TRACES_SAMPLER", NAMES).pipe(Config.withDefault(DEFAULT)),
        `one of ${NAMES.join(", ")}; or leave it out for ${DEFAULT}, which is used now`
      ),
      ratio: setting(
        "OTEL_TRACES_SAMPLER_ARG",
        numberConfig("OTEL_TRACES_SAMPLER_ARG", "not a number from 0 to 1", (share) => share >= 0 && share <= 1).pipe(
          Config.withDefault(1)
        ),
        "a share from 0 to 1, such as 0.1; or leave it out for 1, which is used now"
      )
    }),
    ({ values: { name = DEFAULT, ratio = 1 }, warnings }) => {
      const { followsSender, share } = SAMPLERS[name]
      return { sampler: { followsSender, ratio: share(ratio) }, warnings }
    }
  )

/** The last 56 bits of a trace's id, which are random, as a share of the largest such number. OpenTelemetry does the same, so others choose the same traces. */
const shareOf = (traceId: string) => Number.parseInt(traceId.slice(-14), 16) / 2 ** 56

/** Makes the spans of `tracer`. The sampler decides at the root; every span within has the `sampled` of its parent. */
export const sampled = (tracer: Tracer.Tracer, { followsSender, ratio }: TraceSampler): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const isWithin = Option.exists(options.parent, ({ _tag }) => followsSender || _tag === "Span")
      if (isWithin) return tracer.span(options)
      const span = tracer.span({ ...options, sampled: true })
      return ratio >= 1 || shareOf(span.traceId) < ratio ? span : tracer.span({ ...options, sampled: false })
    }
  })
