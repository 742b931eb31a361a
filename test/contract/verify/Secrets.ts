/** What must not be shown, whoever says it: a provider may put a token or the client secret into what it answers. */
export interface Secrets {
  readonly add: (secret: string) => void
  /** The text without any of them. */
  readonly redact: (text: string) => string
}

const spellingsOf = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams([["", secret]]).toString().slice(1),
  JSON.stringify(secret).slice(1, -1)
]

/** Makes a list of secrets that begins with these. */
export const makeSecrets = (...known: ReadonlyArray<string>): Secrets => {
  const spellings = new Set<string>()
  const add = (secret: string) => {
    if (secret !== "") for (const spelling of spellingsOf(secret)) spellings.add(spelling)
  }
  known.forEach(add)
  return {
    add,
    redact: (text) =>
      // The longest first: one may be the beginning of another.
      [...spellings]
        .sort((one, other) => other.length - one.length)
        .reduce((redacted, spelling) => redacted.replaceAll(spelling, "*****"), text)
  }
}
