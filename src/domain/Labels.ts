/** Labels by their names: what a conversation carries for reporting. */
export type LabelSet = Readonly<Record<string, string>>
