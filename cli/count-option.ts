import { Refusal } from '../api/refusal.js';

/** A whole number from 1 to 1,000 of the command line; a Refusal names the option, its value and what was expected. */
export function countOption(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new Refusal('validation-failed', `${option} "${text}" is not a whole number from 1 to 1000.`);
}
