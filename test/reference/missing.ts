/** What people who use the package would miss. */
import type { Documented, EntryPoint } from "./PublicApi.ts"

/** All exports and members that have no doc comment, layers that do not say what they need and fail with, and types that nobody can name. */
export const missingIn = (entryPoints: ReadonlyArray<EntryPoint>): ReadonlyArray<string> => {
  const found = entryPoints.flatMap(({ exports }) =>
    exports.flatMap((one) => [
      ...ofOne(one, one.name),
      ...one.unexported.map((type) => `${one.file}: ${one.name} names the type ${type}, which no entry point exports`),
      ...one.members.flatMap((member) => ofOne(member, `${one.name}.${member.name}`))
    ])
  )
  return [...new Set(found)].sort()
}

const ofOne = ({ doc, file, isUnannotatedLayer }: Documented, name: string): ReadonlyArray<string> => [
  ...(doc === "" ? [`${file}: ${name} has no doc comment`] : []),
  ...(isUnannotatedLayer ? [`${file}: ${name} gives a layer, and does not say what it needs and fails with`] : [])
]
