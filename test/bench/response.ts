/** The answers that the load generator reads. */

/** An answer at the start of a text, which holds a character for each byte. */
export interface Response {
  readonly status: number
  /** Where it ends. */
  readonly end: number
}

/** The answer at the start of a text; `undefined` while it is not all there. Throws where its length is not said. */
export const responseIn = (text: string): Response | undefined => {
  const head = text.indexOf("\r\n\r\n")
  if (head === -1) return undefined
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1])
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1]
  if (Number.isNaN(status) || length === undefined) throw new Error(`not an answer that can be read:\n${text}`)
  const end = head + 4 + Number(length)
  return text.length < end ? undefined : { status, end }
}
