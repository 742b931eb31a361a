/** What a role must allow, in our words: public material has no list of CXone's names. */
export const permissions = {
  readChannels: "to see digital channels",
  sendMessages: "to create messages on the digital channel",
  readMessages: "to see messages of digital contacts",
  readContacts: "to see digital contacts",
  editContacts: "to edit digital contacts",
  routeContacts: "to route and assign digital contacts",
  readFields: "to see custom fields of digital contacts",
  readQueues: "to see skills and routing queues",
  readUsers: "to see users"
} as const
