/** Converts a name such as `DeadlineExceeded` or `Invalid payload` to the form of a label's value: `deadline_exceeded`, `invalid_payload`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .replaceAll(" ", "_")
    .toLowerCase()
