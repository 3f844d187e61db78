// Interleaved rounds: every candidate in every round, each time beginning with another, so that what the machine does
// meanwhile hits all of them alike. Page side.

/** Lets timers, listeners and the garbage collector have their turn. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Nanoseconds for each of `count` calls. */
export function time(count, call) {
  const before = performance.now();
  for (let n = 0; n < count; n += 1) call(n);
  return ((performance.now() - before) * 1e6) / count;
}

/**
 * Runs `prepare` and then every candidate, `rounds` times after `warmUps` that do not count. Candidates are functions of what
 * was prepared, and return nanoseconds. The answer has an array of them for each candidate.
 */
export async function interleave({ rounds, warmUps, prepare, candidates }) {
  const names = Object.keys(candidates);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    const prepared = await prepare();
    for (let n = 0; n < names.length; n += 1) {
      const name = names[(n + round + warmUps) % names.length];
      const ns = candidates[name](prepared);
      if (round >= 0) measured[name].push(ns);
    }
  }
  return measured;
}
