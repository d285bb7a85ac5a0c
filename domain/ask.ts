/**
 * How a rule asks its questions, so that *explain a record* can listen to the same decision that the run takes
 * (design.md 7).
 */

/**
 * Asks one numbered question of the specification and gives its answer back.
 *
 * `compared` is evaluated only by a listener: the values the question looked at, by their field names; an instant as a Date.
 */
export type Ask = (rule: string, holds: boolean, compared?: () => Record<string, unknown>) => boolean;

/** Nobody listens: costs a function call. */
export const unheard: Ask = (_rule, holds) => holds;

/** One question as it was heard. */
export interface Heard {
  rule: string;
  holds: boolean;
  compared: Record<string, unknown>;
}

/** A listener, and what it has heard so far, in the order asked. */
export function listening(): { ask: Ask; heard: Heard[] } {
  const heard: Heard[] = [];
  const ask: Ask = (rule, holds, compared) => {
    heard.push({ rule, holds, compared: compared?.() ?? {} });
    return holds;
  };
  return { ask, heard };
}
