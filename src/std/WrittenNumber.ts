import { Predicate } from "effect"

/** A number as it is written, where JavaScript's own would be another one: 12345678901234567890, 1e400. */
export class WrittenNumber {
  /** The number's text in the source. */
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** True for an object as JSON has it. */
export const isObject = (value: unknown): value is { readonly [name: PropertyKey]: unknown } =>
  Predicate.isObject(value) && !(value instanceof WrittenNumber)
