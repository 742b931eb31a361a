import type { Clock } from "effect"
import { makeNewest, retained } from "../core/Newest.ts"
import type { DigitalMessage } from "./DigitalState.ts"

const key = (channelId: string, id: string) => JSON.stringify([channelId, id])

/** Makes an empty store of the newest 10,000 messages. A message is found `lag` milliseconds after it came. */
export const makeMessages = (clock: Clock.Clock, lag: number) => {
  const newest = makeNewest<DigitalMessage>(retained)
  const byId = new Map<string, ReadonlyArray<DigitalMessage>>()
  const of = (channelId: string, id: string) => byId.get(key(channelId, id)) ?? []
  return {
    add: (message: Omit<DigitalMessage, "at">): DigitalMessage => {
      const added = { ...message, at: clock.currentTimeMillisUnsafe() }
      byId.set(key(added.channelId, added.id), [...of(added.channelId, added.id), added])
      const evicted = newest.push(added)
      if (evicted !== undefined) {
        const others = of(evicted.channelId, evicted.id).filter((other) => other !== evicted)
        if (others.length > 0) byId.set(key(evicted.channelId, evicted.id), others)
        else byId.delete(key(evicted.channelId, evicted.id))
      }
      return added
    },
    /** Look-ups show no message with this id any more. */
    forget: (channelId: string, id: string): void => void byId.delete(key(channelId, id)),
    /** The first message with this id. */
    first: (channelId: string, id: string): DigitalMessage | undefined => of(channelId, id)[0],
    /** The messages with this id that a look-up shows at this time. */
    find: (channelId: string, id: string): ReadonlyArray<DigitalMessage> => {
      const until = clock.currentTimeMillisUnsafe() - lag
      return of(channelId, id).filter(({ at }) => at <= until)
    },
    messages: newest.values,
    reset: (): void => {
      newest.clear()
      byId.clear()
    }
  }
}
