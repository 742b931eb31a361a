/** The history over SQL. */
import { Clock, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { HandoverRequest } from "../../domain/HandoverRequest.ts"
import { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { Outcome } from "../Entry.ts"
import { History, HistoryUnavailable, type MinuteCount } from "../History.ts"
import { bucketMillis } from "../latency.ts"
import { bounded } from "./bounded.ts"
import { choicesSince } from "./choices.ts"
import { makeEntries } from "./entries.ts"
import { erase } from "./erase.ts"
import { BigIntNumber } from "./rows.ts"

/** How far back choices look. */
const WEEK = Duration.days(7)

const DecisionRow = Schema.Struct({
  minute: BigIntNumber,
  outcome: Outcome,
  rule: Schema.String,
  count: BigIntNumber
})

const decodeDecision = Schema.decodeUnknownOption(DecisionRow)

/** A missing rule or target is stored as an empty text. */
const orNull = (text: string) => (text === "" ? null : text)

interface MinuteRow {
  readonly minute: unknown
  readonly outcome: unknown
  readonly rule: string
  readonly target: string
  readonly bucket: unknown
  readonly count: unknown
}

const isOutcome = Schema.is(Outcome)

/** A day has tens of thousands of rows: a schema for each would take a second. */
const toMinute = ({ bucket, count, minute, outcome, rule, target }: MinuteRow): ReadonlyArray<MinuteCount> =>
  isOutcome(outcome)
    ? [
        {
          minute: Number(minute),
          outcome,
          rule: orNull(rule),
          target: orNull(target),
          took: bucketMillis(Number(bucket)),
          count: Number(count)
        }
      ]
    : []

const KeptRow = Schema.Struct({
  request: Schema.fromJsonString(
    Schema.Struct({ request: HandoverRequest, idempotencyKey: Schema.optionalKey(Schema.String) })
  ),
  keptUntil: BigIntNumber
})

const RoutesRow = Schema.Struct({ file: Schema.fromJsonString(RoutesFile) })

/** The first row, which must be readable. */
const first = <A>(schema: Schema.Codec<A, unknown>, what: string) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return ([row]: ReadonlyArray<unknown>): Effect.Effect<Option.Option<A>, HistoryUnavailable> =>
    row === undefined
      ? Effect.succeedNone
      : Effect.mapError(
          Effect.asSome(decode(row)),
          () =>
            new HistoryUnavailable({
              message: `${what} is there, but another version has written it, and this one cannot read it`
            })
        )
}

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { changes, find, follow, get, stream } = yield* makeEntries
  const firstKept = first(KeptRow, "The kept request")
  const firstRoutes = first(RoutesRow, "The routing table")

  return History.of({
    find,
    get,
    stream,
    follow,
    changes,
    minutes: (from, to) =>
      Effect.map(
        bounded(
          sql<MinuteRow>`SELECT minute, outcome, rule, target, bucket, count FROM minutes WHERE minute >= ${from} AND minute < ${to} ORDER BY minute`
        ),
        (rows) => rows.flatMap(toMinute)
      ),
    decisions: (from, to) =>
      Effect.map(
        bounded(
          sql`SELECT rule, outcome, CAST(SUM(count) AS bigint) AS count, MAX(minute) AS minute FROM minutes WHERE minute >= ${from} AND minute < ${to} GROUP BY rule, outcome`
        ),
        (rows) =>
          rows.flatMap((row) =>
            Option.match(decodeDecision(row), {
              onNone: () => [],
              onSome: ({ rule, ...rest }) => [{ ...rest, rule: orNull(rule) }]
            })
          )
      ),
    choices: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      bounded(choicesSince(sql, now - Duration.toMillis(WEEK)))
    ),
    routes: (version) =>
      bounded(sql`SELECT file FROM routing_tables WHERE version = ${version}`).pipe(
        Effect.flatMap(firstRoutes),
        Effect.map(Option.map(({ file }) => file))
      ),
    kept: Effect.fnUntraced(function* (id) {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* bounded(
        sql`SELECT request, kept_until AS "keptUntil" FROM kept_requests WHERE handover_id = ${id} AND kept_until > ${now}`
      )
      return Option.map(yield* firstKept(rows), ({ keptUntil, request: { idempotencyKey, request } }) => ({
        request,
        idempotencyKey,
        keptUntil
      }))
    }),
    erase: (userId) => erase(sql, userId)
  })
})

/** The history in the database. */
export const layer: Layer.Layer<History, never, SqlClient.SqlClient> = Layer.effect(History, make)
