import { defineConfig } from "vitest/config"

// Nothing here may depend on the machine's speed; this only stops a test that hangs.
const patience = { testTimeout: 20_000, hookTimeout: 20_000 }

// Pact reports its use over the network unless told not to, in these very words: "1" is not enough.
const env = { PACT_DO_NOT_TRACK: "true" }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/contract/**", "test/faults/**", "test/package/**"],
          sequence: { groupOrder: 0 }
        }
      },
      {
        // Writes the pacts. Its files must not run side by side: they write to the same two.
        test: {
          ...patience,
          env,
          name: "consumer",
          include: ["test/contract/consumer/**/*.test.ts"],
          globalSetup: "test/contract/support/freshPacts.ts",
          maxWorkers: 1,
          isolate: false,
          sequence: { groupOrder: 1 }
        }
      },
      {
        // Compares them with the committed ones, and holds both providers to these.
        test: {
          ...patience,
          env,
          name: "provider",
          include: ["test/contract/**/*.test.ts"],
          exclude: ["test/contract/consumer/**"],
          maxWorkers: 2,
          sequence: { groupOrder: 2 }
        }
      },
      {
        // Starts many processes and loads them, so nothing else runs beside it.
        test: {
          testTimeout: 120_000,
          hookTimeout: 20_000,
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          sequence: { groupOrder: 3 }
        }
      },
      {
        // Packs the package, and installs it into a project of its own.
        test: {
          testTimeout: 60_000,
          name: "package",
          include: ["test/package/**/*.test.ts"],
          sequence: { groupOrder: 4 }
        }
      }
    ]
  }
})
