import fc from "fast-check";

/** Set-up of vitest for `npm run check:long`: so many cases of each property that does not name its own number. */
const runs = Number(process.env.HEARBACK_PROPERTY_RUNS);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`HEARBACK_PROPERTY_RUNS=${runs} is no number of runs.`);
fc.configureGlobal({ numRuns: runs });
