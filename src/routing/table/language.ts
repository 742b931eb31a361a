/** True when a language is in a range: `de` includes `de-DE` (RFC 4647, basic filtering). */
export const inLanguageRange = (range: string, language: string): boolean => {
  const [wide = "", narrow = ""] = [range, language].map((tag) => tag.toLowerCase().replaceAll("_", "-"))
  return wide === "*" || narrow === wide || narrow.startsWith(`${wide}-`)
}
