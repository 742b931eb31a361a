/** The page that checks a table. */
import { Effect, Result } from "effect"
import { Audit } from "../../history/Audit.ts"
import { textOf as textOfBytes } from "../../routing/file/LoadedRoutes.ts"
import { MAX_FILE } from "../../routing/file/Yaml.ts"
import { TableChecks } from "../routing/TableChecks.ts"
import { type CheckPage, checkView, DAYS, MAX_SHOWN_TEXT } from "../views/routing/checkTable.ts"
import { get, post, textOf } from "./Route.ts"

const PATH = "/console/routing/check"

/** The most bytes of the form: a text area has two bytes for each end of a line. */
const MAX_FORM = MAX_FILE + 1024 * 1024

const DEFAULT_DAYS = 7

/** The most characters of a file's name. */
const MAX_NAME = 100

const TOO_LARGE = `The table is larger than ${MAX_FILE / 1024 / 1024} MiB: the router does not read such a file.`

const NOTHING = "Choose a file, or paste the text of a table."

/** The name and the bytes of the table that came: of a file, else of the text area. */
const receive = Effect.fnUntraced(function* (form: FormData) {
  const file = form.get("file")
  if (file instanceof File && file.size > 0) {
    return {
      name: file.name.slice(0, MAX_NAME) || "file",
      bytes: new Uint8Array(yield* Effect.promise(() => file.arrayBuffer()))
    }
  }
  // A form has CRLF at the ends of lines. The version is that of the file with the same text.
  const text = (textOf(form, "text") ?? "").replaceAll("\r\n", "\n")
  return { name: "pasted text", bytes: Buffer.from(text.trim() === "" ? "" : text) }
})

const daysOf = (form: FormData): number => DAYS.find((days) => String(days) === textOf(form, "days")) ?? DEFAULT_DAYS

/** The page that checks a table, and its action. */
export const checkTable = Effect.gen(function* () {
  const audit = yield* Audit
  const { check } = yield* TableChecks

  return [
    get(PATH, ({ viewer }) => Effect.succeed(checkView({ viewer, days: DEFAULT_DAYS, text: "", result: undefined }))),
    post(
      PATH,
      ({ form, viewer }) =>
        Effect.gen(function* () {
          const days = daysOf(form)
          const { bytes, name } = yield* receive(form)
          const page = (result: CheckPage["result"], text = "") =>
            checkView({ viewer, days, text: text.length > MAX_SHOWN_TEXT ? "" : text, result })
          if (bytes.byteLength === 0) return page({ problem: NOTHING, status: 422 })
          if (bytes.byteLength > MAX_FILE) return page({ problem: TOO_LARGE, status: 413 })
          const read = yield* Effect.result(textOfBytes(name, bytes))
          if (Result.isFailure(read)) return page({ problem: "The file is not UTF-8: save it in UTF-8.", status: 422 })
          const { text, version } = read.success
          return yield* audit.record({ who: viewer.user, what: "check_table", subject: `version ${version}` }).pipe(
            Effect.andThen(check(viewer.session, read.success, days)),
            Effect.match({
              onFailure: ({ message }) =>
                page(
                  { problem: `It cannot be recorded in the audit list, so it was not done: ${message}`, status: 503 },
                  text
                ),
              onSuccess: (checked) => page({ name, version, text, checked }, text)
            })
          )
        }),
      MAX_FORM
    )
  ]
})
