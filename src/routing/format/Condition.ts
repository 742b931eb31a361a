/** The conditions of a rule. */
import { Schema } from "effect"
import { describe, MAX_LIST, Name, named, notEmpty, oneOrMore } from "./names.ts"
import { ValueTest } from "./ValueTest.ts"

const numberMessage = "expected a number"
const rangeMessage = "expected a number, or some of atLeast, above, atMost, below"

const Share = Schema.Finite.annotate({ message: numberMessage }).check(
  Schema.isBetween({ minimum: 0, maximum: 100 }, { message: "expected 0 to 100 percent" })
)

const Score = Schema.Finite.annotate({ message: numberMessage }).check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected 0 to 1: Cognigy's scores lie between them" })
)

const simpleConditions = {
  intent: describe(
    "The intent, or one of several. * stands for any characters, ? for one.",
    oneOrMore(Name, "expected an intent, or a list of them")
  ),
  confidence: describe(
    "How sure the bot is of the intent, 0 to 1: at least this number, or within bounds. Does not hold where the bot does not say.",
    Schema.Union([
      Score,
      Schema.Struct({
        atLeast: Schema.optionalKey(Score),
        above: Schema.optionalKey(Score),
        atMost: Schema.optionalKey(Score),
        below: Schema.optionalKey(Score)
      }).check(notEmpty("empty: expected some of atLeast, above, atMost, below"))
    ]).annotate({ message: rangeMessage })
  ),
  entities: describe(
    "What entities or slots must be, by their names. All must hold.",
    named(ValueTest).check(notEmpty("empty: expected the name of an entity or slot"))
  ),
  language: describe(
    "The language, or one of several. de takes de-DE and de-AT too; case does not count.",
    oneOrMore(Name, "expected a language, or a list of them")
  ),
  channel: describe(
    "The channel, or one of several. * stands for any characters, ? for one.",
    oneOrMore(Name, "expected a channel, or a list of them")
  ),
  data: describe(
    "What members of the payload's data must be, by their paths: customer.tier, orders.0.id, or a JSON Pointer such as /a.b/c. All must hold.",
    named(ValueTest).check(notEmpty("empty: expected the path of a member"))
  ),
  open: describe("These opening hours are open now.", Name),
  closed: describe("These opening hours are closed now.", Name),
  percentage: describe(
    "A share of the users, 0 to 100 percent: always the same ones, and those of a smaller share are among those of a larger one. Another seed takes others.",
    Schema.Union([Share, Schema.Struct({ of: Share, seed: Name })]).annotate({
      message: "expected 0 to 100, or {of: 0 to 100, seed: NAME}"
    })
  )
}

const simple = Schema.Struct(simpleConditions)

/** The conditions of a rule. All that are given must hold. */
export type Condition = typeof simple.Type & {
  /** All of these hold. */
  readonly all?: ReadonlyArray<Condition>
  /** At least one of these holds. */
  readonly any?: ReadonlyArray<Condition>
  /** This does not hold. */
  readonly not?: Condition
}

const conditions = Schema.Array(Schema.suspend((): Schema.Codec<Condition> => Condition)).check(
  Schema.isMinLength(1, { message: "expected at least one condition" }),
  Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST} conditions` })
)

/** The conditions of a rule. All that are given must hold. */
export const Condition: Schema.Codec<Condition> = Schema.Struct({
  ...simpleConditions,
  all: describe("All of these hold.", conditions),
  any: describe("At least one of these holds.", conditions),
  not: describe(
    "This does not hold.",
    Schema.suspend((): Schema.Codec<Condition> => Condition)
  )
})
  .annotate({ message: "expected conditions" })
  .check(notEmpty("empty: expected a condition; a rule without `when` takes everything"))
  .annotate({ identifier: "Condition", description: "All that is given must hold." })
