/** Proxies that are on the way to this machine, and entries of `NO_PROXY` that keep nothing from them. */
import { Effect } from "effect"
import { makeWayTo, Proxies } from "../std/Proxies.ts"
import { given, type Problems } from "../std/Setting.ts"
import { startsOf } from "./dialectWarnings.ts"
import { isLoopback } from "./isLoopback.ts"
import type { SettingValues } from "./Settings.ts"

/** The most entries that are shown. */
const MAX_SHOWN = 10

/** An entry that cannot hold a secret. */
const PLAIN = /^[\w.:*[\]/;-]{1,60}$/

/** An entry that matches something: a host, with or without a port, all below a host, or all. */
const RIGHT = /^(?:\*|(?:\*?\.)?[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::\d+)?$|^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i

const shown = (entry: string) => {
  const url = entry.includes("://") ? URL.parse(entry) : null
  return url === null ? (PLAIN.test(entry) ? entry : "(not shown)") : `${url.protocol}//${url.host}`
}

const hostOf = (entry: string) => URL.parse(entry)?.host ?? ""

/** Mistakes in an entry, and what to write instead. */
const MISTAKES: ReadonlyArray<
  readonly [is: (entry: string) => boolean, what: string, instead: (entries: ReadonlyArray<string>) => string]
> = [
  [
    (entry) => entry.includes("://"),
    "URLs",
    (entries) => `the host alone, with or without a port: ${entries.slice(0, MAX_SHOWN).map(hostOf).join(", ")}`
  ],
  [
    (entry) => /^[\da-f.:[\]]+\/\d+$/i.test(entry),
    "ranges",
    () => "addresses one by one, or a domain for all hosts below it, such as .internal.example.com"
  ],
  [
    (entry) => entry.includes("*"),
    "entries with a * in the wrong place",
    () => "a * before a domain, such as *.example.com; addresses one by one"
  ],
  [() => true, "entries that are no hosts", () => "hosts such as example.com or 10.1.2.3, between commas or spaces"]
]

const entriesThatMatchNothing = Effect.fnUntraced(function* (noProxy: string): Effect.fn.Return<Problems> {
  const wrong = noProxy.split(/[,\s]+/).filter((entry) => entry !== "" && !RIGHT.test(entry))
  const name = (yield* given("no_proxy")) === undefined ? "NO_PROXY" : "no_proxy"
  return [...Map.groupBy(wrong, (entry) => MISTAKES.find(([is]) => is(entry)))].flatMap(([mistake, entries]) => {
    if (mistake === undefined) return []
    const [, what, instead] = mistake
    const more = entries.length > MAX_SHOWN ? ` and ${entries.length - MAX_SHOWN} more` : ""
    const list = entries.slice(0, MAX_SHOWN).map(shown).join(", ")
    return [{ name, problem: `has ${what}, which match nothing: ${list}${more}`, instead: instead(entries) }]
  })
})

/** All of them; none without a proxy. */
export const proxyWarnings = Effect.fnUntraced(function* ({
  cxone,
  proxies,
  tracing
}: SettingValues): Effect.fn.Return<Problems> {
  if (proxies.http === undefined && proxies.https === undefined) return []
  const wayTo = yield* Effect.provideService(makeWayTo, Proxies, proxies)
  const urls: ReadonlyArray<readonly [name: string, url: string | undefined]> = [
    ...startsOf(cxone).map(({ name, url }) => [name, url] as const),
    ["OTEL_EXPORTER_OTLP_ENDPOINT", tracing?.collector]
  ]
  const loopback = urls.flatMap(([name, url]) => {
    if (url === undefined) return []
    const { hostname } = new URL(url)
    const { proxy } = wayTo(url)
    if (proxy === undefined || !isLoopback(hostname)) return []
    const problem = `is on this machine, and calls would go through the proxy of ${proxy.setting}`
    return [{ name, problem, instead: `add ${hostname} to NO_PROXY` }]
  })
  return [...loopback, ...(yield* entriesThatMatchNothing(proxies.noProxy))]
})
