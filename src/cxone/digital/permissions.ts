/** What a role must allow, in our words: public material has no list of CXone's names. */
export const permissions = {
  readChannels: "see digital channels",
  sendMessages: "create messages on the digital channel",
  readMessages: "see messages of digital contacts",
  readContacts: "see digital contacts",
  editContacts: "edit digital contacts",
  routeContacts: "route and assign digital contacts",
  readFields: "see custom fields of digital contacts",
  readQueues: "see skills and routing queues",
  readUsers: "see users"
} as const
