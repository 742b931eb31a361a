/** What is wrong with the messages that opened contacts: each is there once. */
import { Option } from "effect"
import type { Message } from "./dialects/Dialect.ts"
import { type Answer, successOf, wordsIn } from "./Load.ts"

const count = (texts: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

const place = (conversationId: string, text: string) => JSON.stringify([conversationId, text])

/**
 * Ids that two messages have; messages, notes among them, that a conversation has more often than different webhooks asked for them; and webhooks that were
 * answered with a conversation that does not have the user's words.
 */
export const misdelivered = (
  messages: ReadonlyArray<Message>,
  answers: ReadonlyArray<Answer>
): ReadonlyArray<string> => {
  const asked = new Map<string, Set<string>>()
  for (const { webhook } of answers) {
    asked.set(webhook.words, (asked.get(webhook.words) ?? new Set()).add(webhook.key))
  }
  const ids = count(messages.map(({ id }) => id))
  const texts = count(messages.map(({ conversationId, text }) => place(conversationId, text)))
  const isTooMuch = ({ conversationId, text }: Message) => {
    const words = wordsIn(text)
    return words !== undefined && (texts.get(place(conversationId, text)) ?? 0) > (asked.get(words)?.size ?? 1)
  }
  return [
    ...[...ids].filter(([, times]) => times > 1).map(([id, times]) => `${times} messages ${id}`),
    ...messages.filter(isTooMuch).map(({ conversationId, text }) => `more than once in ${conversationId}: ${text}`),
    ...answers.flatMap((answer) => {
      if (answer.outcome !== 200) return []
      const id = Option.getOrUndefined(successOf(answer))?.conversationId ?? ""
      return texts.has(place(id, answer.webhook.words)) ? [] : [`not in ${id}: ${answer.webhook.words}`]
    })
  ]
}
