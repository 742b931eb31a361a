/** Labels of a conversation, by their names. */
export type LabelSet = Readonly<Record<string, string>>
