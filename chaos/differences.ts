/** Two pictures of a store, line by line. */

/** What the second picture lacks (`lost`) and what it has beyond the first (`more`), each as often as it does. */
export function differences(expected: readonly string[], found: readonly string[]): string[] {
  const surplus = new Map<string, number>();
  for (const line of found) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  for (const line of expected) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  const [lost, more]: [string[], string[]] = [[], []];
  for (const [line, times] of surplus) {
    for (let time = 0; time < Math.abs(times); time += 1) (times < 0 ? lost : more).push(`${times < 0 ? 'lost' : 'more'} ${line}`);
  }
  return [...lost, ...more];
}
