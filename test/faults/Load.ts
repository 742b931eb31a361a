/** Cognigy's side: webhooks, who sends them, and what became of each. */
import { Agent, type IncomingHttpHeaders, request as nodeRequest } from "node:http"
import { Effect, type Option, Schedule, Schema, type Scope } from "effect"
import { WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import type { Target } from "../../src/domain/Target.ts"
import { nowMillis } from "../../src/std/clock.ts"
import { flow, input } from "../e2e/support/bodies.ts"
import type { Place } from "./dialects/Dialect.ts"
import { apiKey, privateWords } from "./RouterProcess.ts"

/** What a webhook asks for, and where that must lead. */
export interface Webhook {
  readonly userId: string
  readonly intent: string
  readonly target: Target
  /** What the user said. */
  readonly words: string
  /** The same for copies of one webhook. */
  readonly key: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What makes a webhook recognizable when it comes again. */
export interface Ids {
  readonly inputId?: string
  readonly traceId?: string
  readonly headers?: Readonly<Record<string, string>>
}

const said = (userId: string, intent: string) => `${privateWords} ${userId} about ${intent}`

const SAID = new RegExp(said("\\S+", "\\S+"))

/** The user's words in a message. */
export const wordsIn = (text: string): string | undefined => SAID.exec(text)?.[0]

/** The places and both shapes of body take turns by its number. */
const makeWebhook =
  (places: readonly [Place, Place, Place]) =>
  (number: number, userId: string, ids: Ids = { inputId: `input-${number}`, traceId: `trace-${number}` }): Webhook => {
    const place = places[number % places.length] ?? places[0]
    const { id, type } = place.target
    const asked = { intent: place.intent, userId, ...(type === "agent" ? { agentId: id } : {}) }
    const { inputId: _inputId, traceId: _traceId, ...shape } = input(asked)
    const { headers = {}, ...known } = ids
    const words = said(userId, place.intent)
    // Each fourth user has a note for the agent before the opening message, where the dialect has one.
    const conversation = { text: words, ...(number % 4 === 3 ? { summary: `Summary of ${words}` } : {}) }
    const body = { ...(number % 2 === 0 ? flow(asked) : shape), ...conversation, ...known }
    return { userId, ...place, words, key: JSON.stringify(ids), body: JSON.stringify(body), headers }
  }

/**
 * What became of a request: the status of its whole answer; `none` where the connection broke before that or nothing came for longer than any
 * client waits; `refused` where there was no connection. Of those with `none`, `unread` are the ones that nobody can have read (see `sortOut`).
 */
export type Outcome = number | "none" | "refused" | "unread"

/** What became of a request, with what is known about it. */
export interface Reply {
  readonly outcome: Outcome
  /** From the moment on when it was sent. */
  readonly millis: number
  readonly headers: IncomingHttpHeaders
  /** The body, or what broke. */
  readonly text: string
  /** Not a byte of an answer came. */
  readonly isSilent: boolean
}

/** What became of one sending of a webhook. */
export interface Answer extends Reply {
  readonly webhook: Webhook
  readonly isFirst: boolean
}

/** What a 200 says. */
export const Success = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.Literal("success"),
    conversationId: Schema.String,
    target: Schema.Struct({ type: Schema.Literals(["queue", "agent"]), id: Schema.String }),
    rule: Schema.String,
    reused: Schema.Boolean
  })
)

const decodeSuccess = Schema.decodeUnknownOption(Success)

/** What an answer says whose status is 200; none where it is not what the contract says. */
export const successOf = ({ text }: Reply): Option.Option<typeof Success.Type> => decodeSuccess(text)

/** Senders of webhooks to one port, over connections that are kept alive. */
export interface Load {
  /** All answers so far. */
  readonly answers: ReadonlyArray<Answer>
  /** A webhook of a user. The places and both shapes of body take turns by its number. */
  readonly webhook: (number: number, userId: string, ids?: Ids) => Webhook
  /** One webhook for each of so many users. */
  readonly webhooks: (count: number, prefix?: string) => ReadonlyArray<Webhook>
  /** How many webhooks were sent so far, answered or not. */
  readonly sent: () => number
  /** Sends a webhook once. */
  readonly once: (webhook: Webhook) => Effect.Effect<Answer>
  /** Sends a webhook, and again after each failure that a retry can mend, as Cognigy does, until it is handed over. */
  readonly untilHandedOver: (webhook: Webhook) => Effect.Effect<void>
  /** The same for many of them, so many at once. */
  readonly all: (webhooks: ReadonlyArray<Webhook>, concurrency: number) => Effect.Effect<void>
  /** The same for all whose last answer was such a failure. */
  readonly finish: Effect.Effect<void>
  /** Waits until there are so many answers. */
  readonly awaitAnswers: (count: number) => Effect.Effect<void>
  /** Asks for another path of the router. */
  readonly get: (path: string) => Effect.Effect<Reply>
  /** Opens a connection that nothing else uses. What is sent over it is at the router as soon as it is written. */
  readonly connect: Effect.Effect<Pick<Load, "once">, never, Scope.Scope>
}

/** Longer than any scenario's deadline: past it, nothing is going to come. */
const CLIENT_TIMEOUT = 30_000

/** Between two tries of a webhook. */
const PAUSE = "50 millis"

const isWorthAnotherTry = ({ outcome }: Answer) => typeof outcome === "string" || outcome >= 500

/** Makes senders to a port of this machine, of webhooks for these places. Their connections close with the scope. */
export const makeLoad = Effect.fnUntraced(function* (port: number, places: readonly [Place, Place, Place]) {
  const makeAgent = (maxSockets: number) =>
    Effect.acquireRelease(
      Effect.sync(() => new Agent({ keepAlive: true, maxSockets })),
      (agent) => Effect.sync(() => agent.destroy())
    )
  const crowd = yield* makeAgent(Number.POSITIVE_INFINITY)
  const answers: Array<Answer> = []
  let sent = 0
  const lastAnswers = new Map<Webhook, Answer>()

  const exchange = (
    agent: Agent,
    method: "GET" | "POST",
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string
  ): Effect.Effect<Reply> =>
    Effect.flatMap(nowMillis, (started) =>
      Effect.callback<Omit<Reply, "millis">>((resume) => {
        const request = nodeRequest({ host: "127.0.0.1", port, agent, method, path, headers, timeout: CLIENT_TIMEOUT })
        const isSilent = () => (request.socket?.bytesRead ?? 0) === bytesBefore
        const broke = (outcome: "none" | "refused", text: string) =>
          resume(Effect.succeed({ outcome, headers: {}, text, isSilent: isSilent() }))
        let bytesBefore = 0
        request.once("socket", (socket) => {
          bytesBefore = socket.bytesRead
        })
        request.once("timeout", () => request.destroy(new Error("no answer for far too long")))
        request.once("error", (error: NodeJS.ErrnoException) =>
          broke(error.code === "ECONNREFUSED" ? "refused" : "none", error.message)
        )
        request.once("response", (response) => {
          const pieces: Array<Buffer> = []
          response.on("data", (piece: Buffer) => pieces.push(piece))
          response.once("error", (error) => broke("none", `in the answer: ${error.message}`))
          response.once("end", () =>
            resume(
              Effect.succeed({
                outcome: response.statusCode ?? "none",
                headers: response.headers,
                text: Buffer.concat(pieces).toString("utf8"),
                isSilent: false
              })
            )
          )
        })
        request.end(body)
        return Effect.sync(() => request.destroy())
      }).pipe(Effect.zipWith(nowMillis, (reply, now) => ({ ...reply, millis: now - started })))
    )

  const sendBy = Effect.fnUntraced(function* (agent: Agent, webhook: Webhook) {
    sent++
    const isFirst = !lastAnswers.has(webhook)
    const headers = {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(webhook.body)),
      "x-api-key": apiKey,
      ...webhook.headers
    }
    const reply = yield* exchange(agent, "POST", WEBHOOK_PATH, headers, webhook.body)
    const answer: Answer = { ...reply, webhook, isFirst }
    answers.push(answer)
    lastAnswers.set(webhook, answer)
    return answer
  })

  const send = (webhook: Webhook) => sendBy(crowd, webhook)

  const untilHandedOver = Effect.fnUntraced(function* (webhook: Webhook) {
    while (isWorthAnotherTry(yield* send(webhook))) yield* Effect.sleep(PAUSE)
  })

  const webhook = makeWebhook(places)

  return {
    answers,
    webhook,
    webhooks: (count, prefix = "user") =>
      Array.from({ length: count }, (_, number) => webhook(number, `${prefix}-${number}`)),
    sent: () => sent,
    once: send,
    untilHandedOver,
    all: (webhooks, concurrency) => Effect.forEach(webhooks, untilHandedOver, { concurrency, discard: true }),
    finish: Effect.suspend(() =>
      Effect.forEach(
        [...lastAnswers.values()].filter(isWorthAnotherTry),
        ({ webhook }) => Effect.andThen(Effect.sleep(PAUSE), untilHandedOver(webhook)),
        { concurrency: 32, discard: true }
      )
    ),
    awaitAnswers: (count) =>
      Effect.repeat(Effect.void, {
        until: () => answers.length >= count,
        schedule: Schedule.spaced("10 millis")
      }),
    get: (path) => exchange(crowd, "GET", path, {}, ""),
    connect: Effect.gen(function* () {
      const agent = yield* makeAgent(1)
      // Its answer says that the router has taken the connection on.
      yield* exchange(agent, "GET", "/healthz", {}, "")
      return { once: (webhook) => sendBy(agent, webhook) }
    })
  } satisfies Load
})
