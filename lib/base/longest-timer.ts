/** Milliseconds, about 25 days: a timer that is set for longer fires at once. */
export const longestTimer = 2 ** 31 - 1;
