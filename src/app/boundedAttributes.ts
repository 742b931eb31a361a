/** Texts among a span's attributes are bounded: the sender chooses some of them. */
import { Tracer } from "effect"

/** The most characters of a text. */
const MAX_TEXT = 256

/** Makes the spans of `tracer`; of a longer text they keep the first 256 characters. */
export const boundedAttributes = (tracer: Tracer.Tracer): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = tracer.span(options)
      // An unsampled span is never sent.
      if (!span.sampled) return span
      const attribute = span.attribute.bind(span)
      return Object.assign(span, {
        attribute: (key: string, value: unknown) =>
          attribute(key, typeof value === "string" ? value.slice(0, MAX_TEXT) : value)
      })
    }
  })
