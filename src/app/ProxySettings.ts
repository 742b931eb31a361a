/** The proxies from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower case or upper case, as curl and most tools read them. */
import { Config, Effect, Option, Redacted, Result } from "effect"
import type { OutboundProxy, ProxySettings } from "../std/Proxies.ts"
import { fileOf } from "../std/SecretFiles.ts"
import { given, type Problems, setting, together } from "../std/Setting.ts"
import { CurrentSources, originOf } from "../std/Sources.ts"

const instead =
  "an http or https URL, such as http://proxy.example.com:3128; percent-encode what is special in a user and password"

/** Reads the URL of a proxy. Its problem quotes nothing but the scheme: the rest may be a password. */
const parseProxy = (text: string, setting: string): Result.Result<OutboundProxy, string> => {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? []
  // Most tools take a proxy without a scheme for one that speaks HTTP.
  const url = URL.parse(scheme === undefined ? `http://${text}` : text)
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    return Result.fail(`a proxy of the kind ${scheme.toLowerCase()} is not supported`)
  }
  if (url === null || url.hostname === "") return Result.fail("not the URL of a proxy")
  // Most often a password with a special character in it: half of it would be shown as the host.
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return Result.fail("more than a host and a port")
  if (!isEncoded(url.username) || !isEncoded(url.password)) {
    return Result.fail("user or password is not percent-encoded")
  }
  return Result.succeed({ url: Redacted.make(url.href), shown: url.origin, setting })
}

const isEncoded = (text: string) => Result.isSuccess(Result.try(() => decodeURIComponent(text)))

/** A setting by its name in lower case, else in upper case, and the name that it has. */
const either = (name: string): Effect.Effect<readonly [name: string, text: string] | undefined, Problems> =>
  Effect.gen(function* () {
    for (const one of [name.toLowerCase(), name]) {
      const text = yield* setting(one, Config.option(Config.String(one)), "a text, or leave it out")
      if (Option.isSome(text) && text.value.trim() !== "") return [one, text.value.trim()]
    }
    return undefined
  })

/** The proxy that a setting names. */
const proxyOf = Effect.fnUntraced(function* (
  found: Effect.Success<ReturnType<typeof either>>
): Effect.fn.Return<OutboundProxy | undefined, Problems> {
  if (found === undefined) return undefined
  const [name, text] = found
  const upper = name.toUpperCase()
  // The same setting in upper case is refused where it is read.
  if (name !== upper && (yield* given(fileOf(upper))) !== undefined) {
    const problem = `cannot be read: ${name} and ${fileOf(upper)} are both set`
    return yield* Effect.fail<Problems>([{ name, problem, instead: "only one of the two" }])
  }
  const parsed = parseProxy(text, name)
  if (Result.isSuccess(parsed)) return parsed.success
  const origin = originOf(yield* CurrentSources, name, () => undefined)
  return yield* Effect.fail<Problems>([{ name, problem: `is wrong: ${parsed.failure}${origin}`, instead }])
})

/** The proxies. Without `HTTPS_PROXY` and `ALL_PROXY`, `HTTP_PROXY` is for `https` URLs too, as in Node. */
export const proxies: Effect.Effect<ProxySettings, Problems> = Effect.gen(function* () {
  const https = yield* either("HTTPS_PROXY")
  const http = yield* either("HTTP_PROXY")
  const all = https === undefined || http === undefined ? yield* either("ALL_PROXY") : undefined
  const noProxy = yield* either("NO_PROXY")
  const read = yield* together({ https: proxyOf(https), http: proxyOf(http), all: proxyOf(all) })
  return { http: read.http ?? read.all, https: read.https ?? read.all ?? read.http, noProxy: noProxy?.[1] ?? "" }
})
