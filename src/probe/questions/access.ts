/** 1: token, discovery, channel, the host of the API, and how long a token lives. */
import { Duration, Effect, Result, Schema } from "effect"
import type { DigitalSettings } from "../../cxone/digital/DigitalSettings.ts"
import { olderEndpointOf } from "../../cxone/digital/discovery.ts"
import { asAssumed, type Finding, fact, handled, notHandled, skipped, Unanswered } from "../Finding.ts"
import { isSuccess, memberOf, type Seen, shown, Tenant, valuesOf } from "../Tenant.ts"

/** The channel of the settings, as the tenant shows it. */
export interface SeenChannel {
  readonly id: string
  /** Its name; `undefined` where CXone does not tell. */
  readonly name: string | undefined
  /** CXone says that there is none, or none that we may see. */
  readonly isMissing: boolean
  readonly isLiveChat: boolean
}

/** What is known when the first question is over; `undefined` without a token. */
export interface Access {
  readonly api: string
  readonly channel: SeenChannel
}

/** A token's life that public material names. */
const USUAL_LIFE = 3600

const decodeText = Schema.decodeUnknownOption(Schema.NullOr(Schema.String))

const textOf = (value: unknown): string | null | undefined => {
  const text = decodeText(value)
  return text._tag === "Some" ? text.value : undefined
}

/** A code of OAuth: anything else may be part of a value. */
const codeIn = ({ body }: Seen): string => {
  const code = memberOf(body, "error")
  return typeof code === "string" && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : ""
}

/** Whether a URL answers as an API does that wants a token. No token goes there. */
const answers = (api: string) =>
  Effect.flatMap(Tenant, ({ plain }) =>
    Effect.match(plain(`${api}/dfo/3.0/channels`), {
      onFailure: ({ why }) => ({ does: false, words: `${api} does not answer: ${why}` }),
      onSuccess: ({ status }) => ({
        does: status === 401 || status === 403,
        words: `${api} answers ${status} without a token`
      })
    })
  )

/** The question. It changes nothing in the tenant. */
export const access = Effect.fnUntraced(function* ({ baseUrl, channelId, tenantId }: DigitalSettings["Service"]) {
  const { call, grant, issuer } = yield* Tenant
  const granted = yield* Effect.result(grant)
  const failure = Result.isFailure(granted) ? granted.failure : undefined
  const unanswered = (why: string) => new Unanswered({ why: failure === undefined ? why : failure.message })

  const token = Effect.suspend(() => {
    const seen = issuer.get("token")
    if (seen === undefined) return unanswered("the issuer gave no answer")
    if (!isSuccess(seen)) {
      return new Unanswered({ why: `the issuer answered ${seen.status}${codeIn(seen)}: ${failure?.message ?? ""}` })
    }
    const has = (member: string) => typeof memberOf(seen.body, member) === "string"
    const values = { ...valuesOf(seen), hasIdToken: has("id_token"), hasRefreshToken: has("refresh_token") }
    if (failure?.operation === "token") return Effect.succeed(notHandled(String(seen.status), failure.message, values))
    if (has("id_token")) return Effect.succeed(asAssumed(`${seen.status}, with an id_token`, values))
    const because = tenantId === undefined ? "CXONE_BASE_URL is set" : "CXONE_TENANT_ID is set"
    return Effect.succeed(handled(`${seen.status}, without an id_token`, because, values))
  })

  const life = Effect.suspend(() => {
    const seconds = memberOf(issuer.get("token")?.body, "expires_in")
    if (typeof seconds !== "number" || !(seconds > 0)) return unanswered("the token's answer has no expires_in")
    const values = { seconds }
    return Effect.succeed(
      seconds === USUAL_LIFE
        ? asAssumed(Duration.format(Duration.seconds(seconds)), values)
        : handled(Duration.format(Duration.seconds(seconds)), "it obeys expires_in", values)
    )
  })

  const discovery = Effect.suspend(() => {
    if (baseUrl !== undefined) return Effect.succeed(skipped("CXONE_BASE_URL is set, so that the router asks for none"))
    const seen = issuer.get("discovery")
    if (seen === undefined) return unanswered("the issuer gave no answer")
    if (!isSuccess(seen)) return unanswered(`the issuer answered ${shown(seen)}`)
    const has = (member: string) => typeof memberOf(seen.body, member) === "string"
    const values = {
      ...valuesOf(seen),
      hasApiEndpoint: has("api_endpoint"),
      hasArea: has("area"),
      hasDomain: has("domain")
    }
    if (failure !== undefined) return Effect.succeed(notHandled(String(seen.status), failure.message, values))
    return Effect.succeed(
      has("api_endpoint")
        ? asAssumed(`${seen.status}, with api_endpoint`, values)
        : handled(`${seen.status}, with area and domain alone`, "it makes the host of them", values)
    )
  })

  const looked = yield* Effect.result(
    Result.isFailure(granted) || channelId === undefined
      ? Effect.fail(unanswered("CXONE_CHANNEL_ID is not set"))
      : call("GET", `/dfo/3.0/channels?id[]=${encodeURIComponent(channelId)}`)
  )

  const older = olderEndpointOf({
    area: textOf(memberOf(issuer.get("discovery")?.body, "area")) ?? null,
    domain: textOf(memberOf(issuer.get("discovery")?.body, "domain")) ?? null
  })

  const host = Effect.gen(function* () {
    const { baseUrl: api } = yield* Effect.mapError(Effect.fromResult(granted), () => unanswered(""))
    const { status } = yield* Effect.fromResult(looked)
    const other = older === undefined || older === api ? undefined : yield* answers(older)
    const seen = [`${api} answers ${status}`, ...(other === undefined ? [] : [other.words])].join("; ")
    const values = { status, api, ...(other === undefined ? {} : { olderAnswers: other.does }) }
    return status === 404 && other?.does === true
      ? notHandled(seen, `set CXONE_BASE_URL to ${older}`, values)
      : asAssumed(seen, values)
  })

  const list = Result.isSuccess(looked) ? looked.success.body : undefined
  const found = Array.isArray(list) ? list.find((one) => String(memberOf(one, "id")) === channelId) : undefined
  const name = textOf(memberOf(found, "name"))
  const channel: SeenChannel = {
    id: channelId ?? "",
    name: name ?? undefined,
    isMissing:
      Result.isSuccess(looked) &&
      found === undefined &&
      ((isSuccess(looked.success) && Array.isArray(list)) || looked.success.status === 404),
    isLiveChat: memberOf(found, "isLiveChat") === true
  }

  const channelFact = Effect.gen(function* () {
    const seen = yield* Effect.fromResult(looked)
    const values = { ...valuesOf(seen), isLiveChat: channel.isLiveChat }
    if (channel.isMissing) {
      return yield* new Unanswered({
        why: `${seen.status}, and the channel ${channel.id} is unknown or not visible: check CXONE_CHANNEL_ID and the role`
      })
    }
    if (!isSuccess(seen)) return yield* new Unanswered({ why: `CXone answered ${shown(seen)}` })
    if (found === undefined)
      return notHandled(`${seen.status}, not a list of channels`, "doctor cannot read it", values)
    return channel.isLiveChat
      ? notHandled(`${seen.status}, a live chat`, "messages of other programs may not belong into a live chat", values)
      : asAssumed(`${seen.status}, a list with the channel`, values)
  })

  const findings: ReadonlyArray<Finding> = yield* Effect.all([
    fact("token", "200 with an access token, its life, and an id_token that names the tenant", token),
    fact("life", `${Duration.format(Duration.seconds(USUAL_LIFE))}, or what expires_in says`, life),
    fact("discovery", "200 with api_endpoint", discovery),
    fact("host", "the API answers at api_endpoint, or at CXONE_BASE_URL", host),
    fact("channel", "200 with a list of channels, which are no live chats", channelFact)
  ])
  return {
    findings,
    access: Result.isSuccess(granted) ? ({ api: granted.success.baseUrl, channel } satisfies Access) : undefined
  }
})
