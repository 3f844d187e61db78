// How long the gateway keeps telling us of a chat. A subscription is certain for a while, then probable, then over.

import { clockTime, duration } from "./time.js";

/** Where a subscription stands: `none`, `sure`, `stretching` or `lapsed`. */
export function leaseState(lease, nowMs) {
  if (lease === null) return "none";
  if (nowMs < lease.sureUntilAtMs) return "sure";
  return nowMs < lease.maxUntilAtMs ? "stretching" : "lapsed";
}

/** What is left of it: the sure part and the one that only may hold, as shares of the whole. */
export function leaseShares(lease, nowMs) {
  if (lease === null) return [0, 0];
  const { sentAtMs, sureUntilAtMs, maxUntilAtMs } = lease;
  const whole = Math.max(maxUntilAtMs - sentAtMs, 1);
  const sure = Math.max(sureUntilAtMs - Math.max(nowMs, sentAtMs), 0);
  const stretch = Math.max(maxUntilAtMs - Math.max(nowMs, sureUntilAtMs), 0);
  return [sure / whole, stretch / whole];
}

/** For the open chat. */
export function leaseLine(lease, nowMs) {
  switch (leaseState(lease, nowMs)) {
    case "sure":
      return `Certain for another ${duration(lease.sureUntilAtMs - nowMs)}; unless renewed, over by ${clockTime(lease.maxUntilAtMs)}`;
    case "stretching":
      return `No longer certain: it ends within ${duration(lease.maxUntilAtMs - nowMs)} unless renewed`;
    case "lapsed":
      return `Ended at ${clockTime(lease.maxUntilAtMs)}`;
    default:
      return "None at the moment";
  }
}

/** For the list, where a line that counts would be read out again and again. */
export const leaseWords = {
  none: "",
  sure: ", subscribed",
  stretching: ", subscription about to end",
  lapsed: ", subscription ended",
};
