/**
 * The delivery of one institution, always at work (platform.md 13, Delivery; engine.md 3.1): sends when letters are queued, waits
 * until the next attempt is due, and looks every five minutes in case nobody said that there are letters.
 */
import { condition, continueAsNew, defineQuery, defineSignal, proxyActivities, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { Delivery, MailActivities } from '../activities/mail.js';

export interface MailInput {
  institutionId: string;
  /** Looks in a row, in the histories before, that found the mail server away or refusing us. */
  troubles?: number;
}

const MINUTE = 60_000;
const LOOK_EVERY_MS = 5 * MINUTE;
const LONGEST_PAUSE_MS = 15 * MINUTE;
/** Events of a history, two quiet hours: changed code reaches every institution within that time. */
const SHORT_HISTORY = 250;

const { deliverLetters } = proxyActivities<MailActivities>({
  taskQueue: 'mail',
  startToCloseTimeout: 10 * MINUTE,
  heartbeatTimeout: 30_000,
  retry: { initialInterval: 1_000, maximumInterval: MINUTE },
});

/** There are letters, or they may go again. */
const lettersSignal = defineSignal('letters');
const lastDeliveryQuery = defineQuery<Delivery | null>('lastDelivery');

export async function mail({ institutionId, troubles = 0 }: MailInput): Promise<void> {
  let told = false;
  let last: Delivery | null = null;
  setHandler(lettersSignal, () => void (told = true));
  setHandler(lastDeliveryQuery, () => last);

  for (;;) {
    told = false;
    last = await deliverLetters(institutionId);
    const { stopped, waitMs } = last;
    setCurrentDetails(detailsOf(last));
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > SHORT_HISTORY) {
      await continueAsNew<typeof mail>({ institutionId, troubles });
    }
    if (stopped === null || stopped.reason === 'PAUSED') {
      troubles = 0;
      const untilDue = stopped === null ? (waitMs ?? LOOK_EVERY_MS) : LOOK_EVERY_MS;
      if (untilDue > 0) await condition(() => told, Math.min(untilDue, LOOK_EVERY_MS));
    } else {
      // New letters are no reason to press a mail server that does not answer or does not want us.
      await sleep(Math.min(MINUTE * 2 ** troubles, LONGEST_PAUSE_MS));
      troubles += 1;
    }
  }
}

/** Shown on the workflow's page. */
function detailsOf({ stopped, sent, retried, failed, suppressed }: Delivery): string {
  const counts = `sent ${sent}, to be tried again ${retried}, failed ${failed}, suppressed ${suppressed}`;
  return stopped === null ? counts : `**${stopped.reason}**: ${stopped.text} (${counts})`;
}
