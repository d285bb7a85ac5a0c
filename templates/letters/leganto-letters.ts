/** The three mails about reading lists, by how much they say. */
import type { Letter } from '../letter.js';
import { readerOf } from '../reader.js';
import { readingListNewsData, readingListNewsView, type ReadingListNewsData } from './reading-list-news.js';

type News = ReadingListNewsData['news'][number];

const ofHistory: News = {
  readingListId: '65e5f0000000000000000001', readingListName: 'HIST 101', courseCode: 'HIST101', courseName: 'Modern History', eventType: 'ITEM_COMPLETE',
  text: 'The age of revolution', value: null, link: 'https://lists.example.edu/lists/65e5f0000000000000000001/citations/7', createdAt: '2025-09-01T14:00:00.000Z',
};
const ofLaterHistory: News = { ...ofHistory, readingListId: '65e5f0000000000000000002', readingListName: 'HIST 205', courseCode: 'HIST205', courseName: 'The Cold War' };
const one: ReadingListNewsData = {
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'FACULTY' },
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  timeZone: 'America/New_York',
  currency: 'USD',
  readingListsUrl: 'https://lists.example.edu',
  news: [ofHistory],
  date: '2025-09-02T10:00:00.000Z',
};

const samples = {
  'one piece of news': one,
  'two lists, one deleted, a course without a list': {
    ...one,
    news: [
      { ...ofHistory, eventType: 'COURSE_SUBMIT_LISTS_BY', readingListId: null, readingListName: '', courseCode: 'HIST310', courseName: 'Historiography', text: '', value: '2025-09-15', link: '' },
      { ...ofHistory, eventType: 'LIST_DELETE', readingListId: '65e5f0000000000000000003', readingListName: 'HIST 099', text: '', link: '' },
      { ...ofLaterHistory, eventType: 'ITEM_DECLINED', text: 'Thirteen days', link: '' },
      { ...ofLaterHistory, eventType: 'DUE_DATE', text: 'The long peace', value: '2025-10-01' },
      { ...ofHistory, eventType: 'DISCUSSION', text: 'Could we have <two> copies & a scan?' },
      { ...ofHistory, text: 'The age of empire', createdAt: '2025-09-01T15:00:00.000Z' },
      ofHistory,
    ],
  },
  'no name of the list, no text, right-to-left name': {
    ...one,
    user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null },
    news: [
      { ...ofHistory, readingListName: '', courseCode: '', courseName: '', eventType: 'CITATION_TAG', text: '', value: 'الأيام', link: '' },
      { ...ofHistory, readingListName: '', courseCode: '', courseName: '', eventType: 'PUBLISH', text: '', link: 'https://lists.example.edu/lists/65e5f0000000000000000001' },
    ],
  },
} satisfies Record<string, ReadingListNewsData>;

const letter = (code: string, detail: 'LINK' | 'SUMMARY' | 'FULL'): Letter => ({
  code,
  template: 'reading-list-news',
  subject: '{{say "news.subject" news=newsCount}}',
  preview: '{{firstName}}',
  sms: false,
  // Who wants no mail about reading lists says so by readingListEmail, which the job asks.
  optOutAllowed: false,
  view(stored, spoken) {
    const data = readingListNewsData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: data.timeZone, currency: data.currency });
    return { reader, view: readingListNewsView(data, reader, detail) };
  },
  samples,
});

export const legantoNotificationsLetter = letter('LegantoNotificationsLetter', 'LINK');
export const legantoDetailedNotificationsEmailLetter = letter('LegantoDetailedNotificationsEmailLetter', 'SUMMARY');
export const legantoFullDetailedNotificationsEmailLetter = letter('LegantoFullDetailedNotificationsEmailLetter', 'FULL');
