/** The waits of the CXone layers: those of `doctor` alone are no part of the package's interface. */
export {
  callSchedule,
  labelSchedule,
  lockSchedule,
  MAX_LABEL_AGE,
  MAX_LABEL_WAIT,
  MAX_TOKEN_WAIT,
  renewalSchedule,
  tokenSchedule
} from "./Schedules.ts"
