/** English. Its keys are those of every language. */
export const en = {
  // Shared by all letters
  greeting: 'Dear {name},',
  closing: 'With kind regards,',
  questions: 'Any questions? Just write to {email}.',
  automatic: 'This letter was written automatically on {day}. Your user number: {primaryId}.',
  // A loan, wherever one is listed
  untitled: 'Item without a title',
  due: 'Due: {due}',
  callNumber: 'Call number: {callNumber}',
  barcode: 'Barcode: {barcode}',
  accruedFine: 'Fine so far: {amount}',
  'fee.OVERDUE_NOTIFICATION_FINE': 'Overdue fine: {amount}',
  'fee.LOST_ITEM_REPLACEMENT_FEE': 'Replacement: {amount}',
  'fee.LOST_ITEM_PROCESS_FEE': 'Processing: {amount}',
  'fee.OVERDUE_FINE': 'Fine for the days overdue: {amount}',
  'fee.RECALLED_OVERDUE_FINE': 'Fine for the days overdue after recall: {amount}',
  notificationFee: 'Fee for this letter: {amount}',
  totalFees: 'New charges with this letter: {amount}',
  fineGrows: 'The fine keeps growing until {loans, plural, one {the loan is} other {the loans are}} returned.',
  account: 'See my loans',
  accountText: 'Your loans at a glance: {url}',
  recalled: 'Another reader is waiting for it.',
  'return.one': 'Please bring {loans, plural, one {it} other {them}} back to {library}, or renew {loans, plural, one {it} other {them}} if that is still possible.',
  'return.many': 'Please bring each of them back to the library named above it, or renew them if that is still possible.',
  crossed: '{loans, plural, one {If you have returned it in the meantime, thank you; you need not do anything more.} other {If you have returned them in the meantime, thank you; you need not do anything more.}}',
  'return.sms': '{loans, plural, one {Please return it} other {Please return them}}.',
  // Overdue notices, types 1 to 5
  'overdue.subject.1': 'A friendly reminder: {loans, plural, one {a loan is overdue} other {# loans are overdue}}',
  'overdue.subject.2': 'Second reminder: {loans, plural, one {a loan is overdue} other {# loans are overdue}}',
  'overdue.subject.3': 'Third reminder: please return {loans, plural, one {your overdue loan} other {your # overdue loans}}',
  'overdue.subject.4': 'Urgent: please return {loans, plural, one {your overdue loan} other {your # overdue loans}}',
  'overdue.subject.5': 'Final notice: please return {loans, plural, one {your overdue loan} other {your # overdue loans}}',
  'overdue.intro.1':
    '{loans, plural, one {The item below was due back and has not reached us yet. Perhaps it slipped your mind; that happens to all of us.} other {The items below were due back and have not reached us yet. Perhaps they slipped your mind; that happens to all of us.}}',
  'overdue.intro.2':
    '{loans, plural, one {The item below is still on loan to you, although it was due some time ago. Others may be waiting to read it.} other {The items below are still on loan to you, although they were due some time ago. Others may be waiting to read them.}}',
  'overdue.intro.3':
    '{loans, plural, one {The item below has been overdue for quite a while. Please bring it back soon, so that others can use it too.} other {The items below have been overdue for quite a while. Please bring them back soon, so that others can use them too.}}',
  'overdue.intro.4':
    '{loans, plural, one {The item below is long overdue. Please return it without delay. If it stays out, we may have to record it as lost and charge you for its replacement.} other {The items below are long overdue. Please return them without delay. If they stay out, we may have to record them as lost and charge you for their replacement.}}',
  'overdue.intro.5':
    '{loans, plural, one {This is our final notice about the item below. If it does not come back, we may record it as lost and charge you for its replacement. If something keeps you from returning it, please talk to us: we would much rather find a way together.} other {This is our final notice about the items below. If they do not come back, we may record them as lost and charge you for their replacement. If something keeps you from returning them, please talk to us: we would much rather find a way together.}}',
  'overdue.sms.1': '{loans, plural, one {a loan is overdue} other {# loans are overdue}}',
  'overdue.sms.2': 'second reminder, {loans, plural, one {a loan is overdue} other {# loans are overdue}}',
  'overdue.sms.3': 'third reminder, {loans, plural, one {a loan is overdue} other {# loans are overdue}}',
  'overdue.sms.4': 'urgent, {loans, plural, one {a loan is long overdue} other {# loans are long overdue}}',
  'overdue.sms.5': 'final notice, {loans, plural, one {a loan is long overdue} other {# loans are long overdue}}',
  // Lost loans
  'lost.subject': '{loans, plural, one {A loan has} other {# loans have}} been recorded as lost',
  'lost.intro':
    '{loans, plural, one {The item below has been overdue for so long that we have recorded it as lost.} other {The items below have been overdue for so long that we have recorded them as lost.}}',
  'lost.charges': 'So that the library can replace {loans, plural, one {it} other {them}}, we have had to charge your account as shown.',
  'lost.found':
    '{loans, plural, one {If it turns up, please bring it back all the same: we will be glad to have it, and will tell you what becomes of the charges. If you are sure that you returned it, let us know, and we will look for it on our shelves.} other {If they turn up, please bring them back all the same: we will be glad to have them, and will tell you what becomes of the charges. If you are sure that you returned them, let us know, and we will look for them on our shelves.}}',
  'lost.sms': '{loans, plural, one {a loan has} other {# loans have}} been recorded as lost',
  'lost.sms.charged': 'New charges: {amount}.',
  'lost.sms.please': '{loans, plural, one {If you find it, please bring it back} other {If you find them, please bring them back}}.',
  // Reminders of the day
  'reminder.subject': 'Due today, {day}: {loans, plural, one {one loan} other {# loans}}',
  'reminder.intro':
    '{loans, plural, one {A quick reminder: the item below is due today, {day}.} other {A quick reminder: the items below are due today, {day}.}}',
  'reminder.sms': '{loans, plural, one {a loan is due today} other {# loans are due today}}',
  // Letters that could not be sent, to the library
  'undeliverable.subject': '{letters, plural, one {One letter} other {# letters}} without an address: {job}',
  'undeliverable.intro':
    '{letters, plural, one {One letter of “{job}” on {day} could not be sent, because the person has no address for it. Please post it, or give the person a call.} other {# letters of “{job}” on {day} could not be sent, because the people have no address for them. Please post them, or give the people a call.}}',
  'undeliverable.more': '… and {letters, plural, one {one more letter} other {# more letters}}; the run’s page lists all of them.',
  'undeliverable.EMAIL': 'no e-mail address',
  'undeliverable.SMS': 'no number for text messages',
  'undeliverable.run': 'Show the run',
  'undeliverable.automatic': 'This letter was written automatically on {day}.',
  'letter.FulOverdueAndLostLoanNotificationLetter': 'Overdue notice',
  'letter.FulLostLoanNotificationLetter': 'Overdue notice',
  'letter.FulOverdueAndLostLoanLetter': 'Lost loan',
  'letter.FulLostLoanLetter': 'Lost loan',
  'letter.FulUserOverdueNoticeLetter': 'Due date reminder',
  'letter.other': 'Letter {code}',
} as const;

export type LabelKey = keyof typeof en;
