/** The entry of the process. A hang-up must not end a router that is starting, and loading the program takes longer than anything else at the start. */
if (process.argv.includes("serve")) process.on("SIGHUP", () => {})

await import("./commandLine.ts")
