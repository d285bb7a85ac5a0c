/** The query string of a page: filters, order and page, all in the URL so that a view can be bookmarked. */
import type { Request } from 'express';

export class Query {
  constructor(private readonly parameters: URLSearchParams) {}

  static of(request: Request): Query {
    return new Query(new URL(request.originalUrl, 'http://localhost').searchParams);
  }

  /** `''` when it is not there. */
  text(name: string): string {
    return this.parameters.get(name)?.trim() ?? '';
  }

  list(name: string): string[] {
    return this.parameters.getAll(name);
  }

  /** The values that are among `allowed`; what is not there, or unknown, filters nothing. */
  among<T extends string>(name: string, allowed: readonly T[]): T[] {
    return allowed.filter((value) => this.parameters.getAll(name).includes(value));
  }

  one<T extends string>(name: string, allowed: readonly T[]): T | null {
    return this.among(name, allowed)[0] ?? null;
  }

  number(name: string): number | null {
    const text = this.text(name);
    return /^\d{1,12}$/.test(text) ? Number(text) : null;
  }

  /** The same view with some parameters changed; null takes one away. */
  with(path: string, changes: Readonly<Record<string, string | null>>): string {
    const parameters = new URLSearchParams(this.parameters);
    parameters.delete('done');
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) parameters.delete(name);
      else parameters.set(name, value);
    }
    const query = parameters.toString();
    return query === '' ? path : `${path}?${query}`;
  }
}

/** An option of a filter or a form. */
export interface Option {
  value: string;
  text: string;
  selected: boolean;
}

export const options = (words: Readonly<Record<string, string>>, selected: readonly string[]): Option[] =>
  Object.entries(words).map(([value, text]) => ({ value, text, selected: selected.includes(value) }));

/** The head of a column: a link when the list can be sorted by it. */
export interface Column {
  text: string;
  href: string | null;
  ariaSort: 'ascending' | 'descending' | null;
  numeric: boolean;
}

/** `?sort=name` or `?sort=-name`; the second click on a column turns the order round. */
export function sortedColumns(
  query: Query,
  path: string,
  columns: readonly { text: string; sort?: string; numeric?: boolean }[],
  current: string,
): Column[] {
  return columns.map(({ text, sort, numeric = false }) => {
    if (sort === undefined) return { text, href: null, ariaSort: null, numeric };
    const descending = current === `-${sort}`;
    const ariaSort = descending ? 'descending' : current === sort ? 'ascending' : null;
    return { text, href: query.with(path, { sort: current === sort ? `-${sort}` : sort, page: null, cursor: null }), ariaSort, numeric };
  });
}
