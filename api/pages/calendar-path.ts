/** Where the pages of a calendar are: those of the institution, and those of each library. */
import type { Request } from 'express';
import type { ApiContext } from '../context.js';
import { libraryOf } from '../libraries.js';
import { demandIn, viewerOf } from '../viewer.js';

export const CALENDARS = '/calendars';
/** Paths of one page, for the institution and for a library: no code of a library is mistaken for a word. */
export const calendarPaths = (rest = ''): string[] => [`${CALENDARS}/institution${rest}`, `${CALENDARS}/library/:code${rest}`];

export const calendarPath = (libraryCode: string | null): string =>
  (libraryCode === null ? `${CALENDARS}/institution` : `${CALENDARS}/library/${encodeURIComponent(libraryCode)}`);

/** Which calendar a page is about. */
export interface PagedCalendar {
  libraryCode: string | null;
  name: string;
  path: string;
}

/** Refusal: not-found, also for somebody who sees no fulfillment jobs. */
export async function calendarAt(context: ApiContext, request: Request): Promise<PagedCalendar> {
  const viewer = viewerOf(request);
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const { code } = request.params;
  if (typeof code !== 'string') return { libraryCode: null, name: viewer.institution.name, path: calendarPath(null) };
  const { name } = await libraryOf(context, viewer, code);
  return { libraryCode: code, name, path: calendarPath(code) };
}
