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
