/** The one place that reads the wall clock; shells are handed `now`, the domain knows `asOf` alone. */
export type Now = () => Date;

export const now: Now = () => new Date();
