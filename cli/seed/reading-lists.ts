/** What happened on the reading lists of the demonstration library: news to those who keep them, most of it unread. */
import type { ReadingListEvent } from '../../domain/fulfillment/email-leganto-notifications.js';
import type { ReadingListNotification } from '../../models/reading-list.js';
import { afternoon } from './loans.js';
import { idOf, pick, stamps, thrown, type Plan } from './plan.js';
import { titleOf } from './shelves.js';

export const readingListsUrl = 'https://reading-lists.library.example';

const courses = [
  { code: 'HIST101', name: 'Modern History', list: 'HIST 101, autumn' },
  { code: 'HIST205', name: 'The Cold War', list: 'HIST 205, seminar' },
  { code: 'BIOL110', name: 'Cells and Organisms', list: 'BIOL 110' },
  { code: 'LITT230', name: 'The Short Story', list: 'LITT 230, core reading' },
] as const;
const kinds: readonly ReadingListEvent[] = ['ITEM_COMPLETE', 'ITEM_COMPLETE', 'ITEM_DECLINED', 'DISCUSSION', 'SUGGESTION', 'NEW_EDITION_AVAILABLE', 'PUBLISH', 'COURSE_SUBMIT_LISTS_BY'];

export const newsOf = ({ users }: Plan): number => Math.min(users, 10_000);

/** One reader in ten keeps a list; of the last weeks, one in nine read, one in eleven the reader's own doing. */
export function newsAt(plan: Plan, number: number): ReadingListNotification {
  const teacher = (thrown(number, 30) % (plan.users / 10)) * 10;
  const course = pick(courses, teacher, 31);
  const eventType = pick(kinds, number, 32);
  const ofCourse = eventType === 'COURSE_SUBMIT_LISTS_BY';
  const userId = idOf(plan, 'user', teacher);
  const listId = idOf(plan, 'list', courses.indexOf(course));
  const createdAt = afternoon(plan, -1 - (thrown(number, 33) % 35));
  return {
    _id: idOf(plan, 'news', number),
    institutionId: plan.institutionId,
    userId,
    readingListId: ofCourse ? null : listId,
    readingListName: ofCourse ? '' : course.list,
    courseCode: course.code,
    courseName: course.name,
    eventType,
    actorUserId: number % 11 === 4 ? userId : null,
    text: ofCourse || eventType === 'PUBLISH' ? '' : titleOf(thrown(number, 34) % 500),
    value: null,
    link: ofCourse ? '' : `${readingListsUrl}/lists/${listId}${eventType === 'PUBLISH' ? '' : `/citations/${number}`}`,
    readAt: number % 9 === 2 ? createdAt : null,
    emailedAt: null,
    letterKey: '',
    ...stamps(plan),
    createdAt,
    updatedAt: createdAt,
  };
}
