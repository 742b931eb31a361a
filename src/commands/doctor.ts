/** `doctor`: checks settings, routing table, CXone and webhook on the machine of the router. */
import { Effect, FileSystem, Layer, Option, Result } from "effect"
import { Command, Flag } from "effect/cli"
import { httpClient, streamingHttpClient } from "../app/Router.ts"
import type { RoutingSettings } from "../app/RoutingSettings.ts"
import { settingsAndTable } from "../app/Settings.ts"
import { Contacts } from "../cxone/digital/Contacts.ts"
import * as Digital from "../cxone/digital/Digital.ts"
import { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { Messages } from "../cxone/digital/Messages.ts"
import { TenantDirectory } from "../cxone/digital/TenantDirectory.ts"
import { Conversations } from "../cxone/webchat/Conversations.ts"
import { CXoneSettings } from "../cxone/webchat/CXoneSettings.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import * as Webchat from "../cxone/webchat/Webchat.ts"
import { failed, ok, ready, skipped, warned } from "../doctor/Check.ts"
import { databaseCheck } from "../doctor/databaseCheck.ts"
import { run } from "../doctor/doctor.ts"
import { report } from "../doctor/Report.ts"
import { runDigital } from "../doctor/runDigital.ts"
import type { DoctorTarget } from "../doctor/targetChecks.ts"
import { webhookUrl } from "../doctor/webhookAddress.ts"
import type { Path } from "../routing/check/Flaw.ts"
import { targetsOf } from "../routing/explain/targetsOf.ts"
import { readYaml } from "../routing/file/readYaml.ts"
import { RoutesFile } from "../routing/format/RoutesFile.ts"
import { except, Proxies } from "../std/Proxies.ts"
import type { Problems } from "../std/Setting.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { type Table, tableOf } from "./table.ts"

const failures = (problems: Problems) =>
  problems.map(({ instead, name, problem }) => ready(name, failed(problem, instead)))

const warningsOf = (warnings: Problems) =>
  warnings.map(({ instead, name, problem }) => ready(name, warned(problem, instead)))

const tableChecks = (routing: Result.Result<RoutingSettings, Problems>) =>
  Result.match(routing, {
    onFailure: failures,
    onSuccess: (routing) => {
      const { file, path, version } = tableOf(routing)
      const rules = file.rules.length === 1 ? "1 rule" : `${file.rules.length} rules`
      return [
        ready("routing table", ok(path === undefined ? `built in, ${rules}` : `${path}: ${rules}, version ${version}`))
      ]
    }
  })

/** The settings of the built-in table's queues. */
const builtInSettings: Readonly<Record<string, string>> = { sales: "SALES_QUEUE_ID", support: "SUPPORT_QUEUE_ID" }

/** The place of a target in the table's file; for the built-in table, the setting. */
const whereIn = Effect.fnUntraced(function* ({ path }: Table) {
  if (path === undefined) return (at: Path) => builtInSettings[String(at.at(-1))] ?? "the built-in table"
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.option(fs.readFileString(path))
  const located = Option.flatMap(text, (text) => Result.getSuccess(readYaml(text, RoutesFile, "")))
  return (at: Path) =>
    Option.match(located, {
      // The file has changed in the meantime.
      onNone: () => path,
      onSome: ({ locate }) => {
        const { column, line } = locate(at)
        return `${path}:${line}:${column}`
      }
    })
})

const targetsIn = Effect.fnUntraced(function* (routing: RoutingSettings) {
  const table = tableOf(routing)
  const where = yield* whereIn(table)
  return targetsOf(table.file).map(
    ({ id, name, path, type }): DoctorTarget => ({ kind: type, id, name, where: where(path) })
  )
})

/** The names of all labels that the rules set. */
const labelsOf = ({ fallback, rules }: RoutesFile): ReadonlyArray<string> => [
  ...new Set(
    [...rules, ...(fallback === undefined ? [] : [fallback])].flatMap(({ labels = {} }) => Object.keys(labels))
  )
]

const examine = Effect.fnUntraced(function* (url: Option.Option<string>) {
  const { routing, settings, warnings } = yield* settingsAndTable
  const looksWrong = warningsOf(warnings)
  const table = tableChecks(routing)
  if (Result.isFailure(settings)) {
    const rest = ready("CXone and webhook", skipped("needs valid settings"))
    return yield* report([{ checks: [...failures(settings.failure), ...looksWrong, ...table, rest], concurrency: 1 }])
  }
  const { connections, credentials, cxone, database, host, port, tracing } = settings.success
  // The router on this machine is called directly.
  const local = Option.isNone(url) ? URL.parse(webhookUrl({ host, port, url: undefined }) ?? "") : null
  const proxies = local === null ? settings.success.proxies : except(settings.success.proxies, local.host)
  const clients = Layer.provideMerge(streamingHttpClient(connections), Layer.succeed(Proxies, proxies))
  // Its calls are the router's own.
  const http = httpClient(connections)
  const router = {
    host,
    port,
    credentials,
    collector: tracing?.collector,
    ...Option.match(url, { onNone: () => ({}), onSome: (url) => ({ url }) })
  }
  const ownDatabase = yield* databaseCheck(database)
  const leading = (place: string) => [
    ready("settings", ok(`complete, CXone: ${place}`)),
    ...looksWrong,
    ...table,
    ownDatabase
  ]
  const targets = Result.isSuccess(routing) ? yield* targetsIn(routing.success) : []
  if (cxone.dialect === "digital") {
    return yield* runDigital({
      ...router,
      leading: leading(cxone.baseUrl ?? cxone.issuer),
      cxone,
      targets,
      labels: Result.isSuccess(routing) ? labelsOf(tableOf(routing.success).file) : []
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          Contacts.layer,
          Messages.layer(cxone.channelId ?? ""),
          TenantDirectory.layer(cxone.acdVersion)
        ).pipe(
          Layer.provideMerge(Digital.layerClient()),
          Layer.provide([DigitalSettings.layer(cxone), http]),
          Layer.provideMerge(clients)
        )
      )
    )
  }
  const services = Layer.mergeAll(Conversations.layer, Directory.layer).pipe(
    Layer.provideMerge(Webchat.layerClient()),
    Layer.provide([CXoneSettings.layer(cxone), http]),
    Layer.provideMerge(clients)
  )
  return yield* run({
    ...router,
    leading: leading(cxone.baseUrl),
    baseUrl: cxone.baseUrl,
    targets,
    secrets: [cxone.clientSecret]
  }).pipe(Effect.provide(services))
})

/** The command. */
export const doctorCommand = Command.make(
  "doctor",
  {
    url: Flag.String("url").pipe(
      Flag.withDescription("the router's public URL; by default HOST and PORT on this machine"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ url }) {
    if (!(yield* examine(url))) return yield* new CommandFailed({ message: "" })
  })
).pipe(Command.withDescription("Check everything that a handover needs, and say how to fix it"))
