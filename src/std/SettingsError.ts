/** What is wrong with settings: all problems in one message. */
import { Runtime, Schema } from "effect"

/** One thing that is missing or wrong, and what to write instead. */
const SettingsProblem = Schema.Struct({
  /** The setting's name; of the routing table's problems, where they stand: `routes.yaml:12:7`. */
  name: Schema.String,
  problem: Schema.String,
  instead: Schema.String,
  in: Schema.optionalKey(Schema.Literal("routing table"))
})

/** The most problems in the message. */
const MAX_TOLD = 100

/** The settings are not such that the service can start. */
export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", {
  /** All of them, in the order in which settings are read. */
  problems: Schema.Array(SettingsProblem),
  /** What looks wrong beside them, such as a misspelt name: it may be the cause. */
  warnings: Schema.optionalKey(Schema.Array(SettingsProblem))
}) {
  override readonly [Runtime.errorReported] = false
  override get message() {
    const inTable = this.problems.filter((problem) => problem.in !== undefined).length
    const inSettings = this.problems.length - inTable
    const wrong = [
      ...(inSettings === 0
        ? []
        : [`${inSettings} ${inSettings === 1 ? "setting is" : "settings are"} missing or wrong`]),
      ...(inTable === 0 ? [] : [`the routing table has ${inTable} ${inTable === 1 ? "problem" : "problems"}`])
    ]
    const sentence = wrong.join(", and ")
    const { warnings = [] } = this
    return [
      `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`,
      "",
      ...listed(this.problems),
      ...(warnings.length === 0 ? [] : ["", "Also:", "", ...listed(warnings)]),
      ...(inSettings === 0
        ? []
        : [
            "",
            "The service reads settings from the environment and from the file .env in the working directory; .env.example describes them all."
          ])
    ].join("\n")
  }
}

const listed = (problems: Problems) => [
  ...problems.slice(0, MAX_TOLD).map(({ instead, name, problem }) => `  ${name} ${problem}\n    → ${instead}`),
  ...(problems.length > MAX_TOLD ? [`  and ${problems.length - MAX_TOLD} more`] : [])
]

/** Problems of settings, one entry each. */
export type Problems = ReadonlyArray<typeof SettingsProblem.Type>
