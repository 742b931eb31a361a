/** The most values of a label whose values are chosen elsewhere, such as by a routing table. */
const MAX_NAMES = 200

/** Bounds the values of a label: the first 200 names stay as they are, later ones become `other`. */
export const boundedNames = (): ((name: string) => string) => {
  const names = new Set<string>()
  return (name) => {
    if (names.size < MAX_NAMES) names.add(name)
    return names.has(name) ? name : "other"
  }
}
