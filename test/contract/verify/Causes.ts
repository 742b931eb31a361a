/** What keeps several interactions from being replayed, told with the first of them alone. */
import type { Unarranged } from "./Failure.ts"

/** The causes of one run. */
export interface Causes {
  /** The interaction that was told why nothing more can be replayed. */
  readonly ofAll: () => string | undefined
  /** Takes a failure of this interaction down. Gives the earlier interaction that was told the same, if there is one. */
  readonly earlier: (failure: Unarranged, interaction: string) => string | undefined
}

/** Makes a list of causes that is empty. */
export const makeCauses = (): Causes => {
  const told = new Map<string, string>()
  let ofAll: string | undefined
  return {
    ofAll: () => ofAll,
    earlier: ({ reason, stops }, interaction) => {
      const earlier = told.get(reason)
      if (earlier !== undefined) return earlier
      told.set(reason, interaction)
      if (stops === "all") ofAll = interaction
      return undefined
    }
  }
}
