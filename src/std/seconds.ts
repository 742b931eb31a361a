/** Upper ends of the ranges of duration histograms, in seconds: CXone answers in some 10 ms, and nothing takes longer than a deadline of 7 s. */
export const SECONDS: ReadonlyArray<number> = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 10]
