/** What looks wrong in the environment and in `.env`, whatever the settings mean. */
import { Effect } from "effect"
import type { Problems } from "../std/Setting.ts"
import { CurrentSources, type Sources } from "../std/Sources.ts"
import { misspelt } from "./settingNames.ts"

const listOf = (numbers: ReadonlyArray<number>) =>
  numbers.length > 10 ? `${numbers.slice(0, 10).join(", ")} and ${numbers.length - 10} more` : numbers.join(", ")

/** A line is not shown: it may hold a part of a secret. */
const unknownLines = ({ file }: Sources): Problems =>
  file === undefined || file.unknown.length === 0
    ? []
    : [
        {
          name: ".env",
          problem: `has lines that are not understood: ${listOf(file.unknown)}`,
          instead: "NAME=value on each line, and # before a comment"
        }
      ]

const duplicates = ({ file }: Sources): Problems =>
  [...Map.groupBy(file?.entries ?? [], ({ name }) => name)].flatMap(([name, entries]) =>
    entries.length === 1
      ? []
      : [
          {
            name,
            problem: `stands in .env more than once (lines ${listOf(entries.map(({ line }) => line))})`,
            instead: "remove all but one: the last one counts"
          }
        ]
  )

/** All of it; nothing for a program with a `ConfigProvider` of its own. */
export const sourceWarnings: Effect.Effect<Problems> = Effect.map(CurrentSources, (sources) =>
  sources === undefined ? [] : [...misspelt(sources), ...unknownLines(sources), ...duplicates(sources)]
)
