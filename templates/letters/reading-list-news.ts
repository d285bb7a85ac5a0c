/** News of reading lists to those who keep them: what three letters are told, and how their templates see it (email-leganto-notifications, rule 6). */
import { z } from 'zod';
import { dayNumber, localToInstant, zoneOf } from '../../domain/days.js';
import { readingListEvents } from '../../domain/fulfillment/email-leganto-notifications.js';
import type { Reader } from '../reader.js';
import { isolated, oneLine, webAddress } from '../text.js';
import { patronLetterView, type PatronLetterView } from './patron-letter-view.js';

export const readingListNewsData = z.object({
  user: z.object({ firstName: z.string().nullable(), lastName: z.string(), primaryId: z.string(), userGroup: z.string().nullable() }),
  institution: z.object({ code: z.string(), name: z.string() }),
  /** IANA zone in which days are written. */
  timeZone: z.string(),
  currency: z.string(),
  /** Where the lists are; without a slash at its end. */
  readingListsUrl: z.string(),
  /** In any order. */
  news: z.array(z.object({
    /** null: of a course that has no list. */
    readingListId: z.string().nullable(),
    readingListName: z.string(),
    courseCode: z.string(),
    courseName: z.string(),
    eventType: z.enum(readingListEvents),
    /** What it is about: a title, a remark. */
    text: z.string(),
    /** What it is now: a tag, a day. */
    value: z.string().nullable(),
    link: z.string(),
    createdAt: z.iso.datetime(),
  })).min(1),
  /** When the letter was written. */
  date: z.iso.datetime(),
});
export type ReadingListNewsData = z.infer<typeof readingListNewsData>;
type News = ReadingListNewsData['news'][number];

interface ReadingListNewsView extends PatronLetterView {
  newsCount: number;
  url: string | null;
  lists: { name: string; course: string; url: string | null; kinds: { what: string; lines: { text: string; url: string | null }[] }[] }[];
  /** Lists that are gone, and courses that have none yet. */
  others: string[];
  /** Of what the news are, for those who see one line of the mail. */
  firstName: string;
}

/** What the mail says of the news: nothing but their number, their number by list and kind, or each. */
type Detail = 'LINK' | 'SUMMARY' | 'FULL';

export function readingListNewsView(letter: ReadingListNewsData, reader: Reader, detail: Detail): ReadingListNewsView {
  const ofNoList = (eventType: string) => letter.news.filter((news) => news.eventType === eventType).toSorted((a, b) => byName(a, b, reader));
  const lists = letter.news.filter(({ eventType }) => eventType !== 'LIST_DELETE' && eventType !== 'COURSE_SUBMIT_LISTS_BY');
  const sorted = lists.toSorted((a, b) => byName(a, b, reader) || kindOf(a) - kindOf(b) || a.createdAt.localeCompare(b.createdAt));
  const [first = letter.news[0]!] = sorted;
  return {
    ...patronLetterView({ ...letter, library: null }, reader),
    newsCount: letter.news.length,
    url: webAddress(letter.readingListsUrl),
    lists: detail === 'LINK' ? [] : groups(sorted, (news) => listOf(news)).map((news) => ({
      name: nameOf(news[0]!, reader),
      course: courseOf(news[0]!),
      url: news[0]!.readingListId === null ? null : webAddress(`${letter.readingListsUrl}/lists/${news[0]!.readingListId}`),
      kinds: groups(news, ({ eventType }) => eventType).map((alike) => ({
        what: reader.say(`news.${alike[0]!.eventType}`, { news: alike.length }),
        lines: detail === 'FULL' ? alike.flatMap((one) => lineOf(one, letter.timeZone, reader) ?? []) : [],
      })),
    })),
    others: detail === 'LINK' ? [] : [
      ...ofNoList('LIST_DELETE').map((news) => reader.say('news.deleted', { list: nameOf(news, reader) })),
      ...ofNoList('COURSE_SUBMIT_LISTS_BY').map((news) => {
        const day = dayOf(news.value, letter.timeZone, reader);
        return reader.say(day === null ? 'news.submit' : 'news.submitBy', { course: courseOf(news), day });
      }),
    ],
    firstName: nameOf(first, reader),
  };
}

/** An item without a title is called so; these are about no item. */
const ofWholeList: ReadonlySet<News['eventType']> = new Set(['RL_DISCUSSION', 'PUBLISH', 'DRAFT']);

const listOf = ({ readingListId, readingListName }: News): string => readingListId ?? readingListName;
const nameOf = ({ readingListName, courseCode }: News, reader: Reader): string =>
  isolated(oneLine(readingListName) || oneLine(courseCode) || reader.say('news.unnamed'));
const courseOf = ({ courseCode, courseName }: News): string => isolated(oneLine(`${courseCode} ${courseName}`));
const kindOf = ({ eventType }: News): number => readingListEvents.indexOf(eventType);

/** Lists of one name stay apart by their ids. */
const byName = (a: News, b: News, reader: Reader): number =>
  reader.compare(a.readingListName, b.readingListName) || listOf(a).localeCompare(listOf(b)) || reader.compare(a.courseCode, b.courseCode);

/** Neighbours of one key. */
function groups<T>(sorted: readonly T[], keyOf: (one: T) => string): T[][] {
  return sorted.reduce<T[][]>((all, one) => {
    const last = all.at(-1);
    if (last !== undefined && keyOf(last[0]!) === keyOf(one)) last.push(one);
    else all.push([one]);
    return all;
  }, []);
}

/** null: there is nothing to say beside what happened, which is to the list itself. */
function lineOf({ eventType, text, value, link }: News, timeZone: string, reader: Reader): { text: string; url: string | null } | null {
  const about = oneLine(text);
  const now = dayOf(value, timeZone, reader) ?? oneLine(value ?? '');
  if (about === '' && now === '' && ofWholeList.has(eventType)) return null;
  return { text: isolated([about || reader.say('untitled'), now].filter((part) => part !== '').join(': ')), url: webAddress(link) };
}

/** A value `YYYY-MM-DD` as the reader writes days; null: it is none. */
function dayOf(value: string | null, timeZone: string, reader: Reader): string | null {
  if (value === null || !z.iso.date().safeParse(value).success) return null;
  return reader.day(new Date(localToInstant(zoneOf(timeZone), dayNumber(value), 12 * 60)).toISOString());
}
