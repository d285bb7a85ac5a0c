/** How a bare script walks: by a cursor of the driver, in pages. */
import type { FindCursor } from 'mongodb';

const PAGE = 1_000;

export async function* pagesOf<T>(cursor: FindCursor<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const one of cursor.batchSize(PAGE)) {
    page.push(one);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Readers with all that each has, about a page of it at a time; the cursor goes in the order of readers. */
export async function* readersOf<T extends { userId: string | null }>(cursor: FindCursor<T>): AsyncGenerator<Map<string, T[]>> {
  let readers = new Map<string, T[]>();
  for await (const page of pagesOf(cursor)) {
    for (const one of page) gather(readers, one.userId ?? '', one);
    const last = page.at(-1)!.userId ?? '';
    const ofLast = readers.get(last)!; // it may go on with the next page
    readers.delete(last);
    yield readers;
    readers = new Map([[last, ofLast]]);
  }
  yield readers;
}

/** Adds to what a reader has. */
export function gather<T>(byReader: Map<string, T[]>, userId: string, one: T): void {
  const before = byReader.get(userId);
  if (before === undefined) byReader.set(userId, [one]);
  else before.push(one);
}
