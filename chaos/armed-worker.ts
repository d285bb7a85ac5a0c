/**
 * A worker of the product that is killed, frozen, or heard of at the places it is ordered to, and whose protections may be off.
 *
 * Nothing of the product knows of it: the driver's writes, the activities and their heartbeats are watched from outside.
 */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { FromWorker, Order, Sabotage, ToWorker } from './orders.js';
import { pagesOfJobs, places, type Moment } from './places.js';
import { watchStore, type OwnWrite } from './watch-store.js';

type Values = Record<string, unknown>;
type Activity = (...given: unknown[]) => Promise<unknown>;

interface Setting {
  codePath: string;
  sabotage: Record<string, Sabotage>;
}

const setting = JSON.parse(process.env.ALMANAC_TEST_CHAOS ?? '') as Setting;
let orders: Order[] = [];
let busy = 0;

process.on('message', (message: ToWorker) => {
  if ('orders' in message) orders = message.orders;
  else void tell({ busy });
});

watchStore({
  async before(write, given) {
    await passes({ kind: 'BEFORE_WRITE', write }, write.institutionId);
    unprotect(setting.sabotage[write.institutionId], write, given);
  },
  after: (write) => passes({ kind: 'AFTER_WRITE', write }, write.institutionId),
});

const create = Worker.create.bind(Worker);
Worker.create = (options: WorkerOptions) => {
  const activities = Object.entries(options.activities ?? {}).map(([name, activity]) => [name, watched(name, activity as Activity)]);
  const workflows = options.workflowBundle === undefined ? {} : { workflowBundle: { codePath: setting.codePath } };
  // The engine hears of it twice before it is missed (impatience.ts): on a busy machine once was too little, and pages began again for ever.
  return create({ ...options, maxHeartbeatThrottleInterval: 1_000, activities: Object.fromEntries(activities) as object, ...workflows });
};

function watched(activity: string, work: Activity): Activity {
  return async (...given) => {
    const [subject] = given as [string | { institutionId: string } | undefined];
    const institutionId = typeof subject === 'object' ? subject.institutionId : (subject ?? '');
    if (pagesOfJobs.includes(activity)) watchHeartbeats(institutionId);
    const waits = activity === 'awaitLetters'; // for the clock of the test
    if (!waits) busy += 1;
    try {
      await passes({ kind: 'BEGINS', activity }, institutionId);
      const answer = await work(...given);
      await passes({ kind: 'IS_DONE', activity }, institutionId);
      return answer;
    } finally {
      if (!waits) busy -= 1;
    }
  };
}

function watchHeartbeats(institutionId: string): void {
  const context = Context.current();
  const { heartbeat } = context;
  const value: Context['heartbeat'] = (details) => {
    void passes({ kind: 'BEFORE_HEARTBEAT' }, institutionId);
    heartbeat.call(context, details);
    void passes({ kind: 'AFTER_HEARTBEAT' }, institutionId);
  };
  Object.defineProperty(context, 'heartbeat', { value });
}

/** Carries out the orders for this moment. A KILL happens at once, so that a moment which nobody awaits is one as well. */
async function passes(moment: Moment, institutionId: string): Promise<void> {
  const due = orders.filter((order) => order.institutionId === institutionId && places[order.place].holds(moment));
  for (const order of due) {
    if (order.skip > 0) {
      order.skip -= 1;
      continue;
    }
    orders = orders.filter((each) => each !== order);
    const told = tell({ reached: order.id });
    if (order.how === 'KILL') process.kill(process.pid, 'SIGKILL');
    await told;
    if (order.how === 'FREEZE') process.kill(process.pid, 'SIGSTOP');
  }
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** Takes one protection out of a write. */
function unprotect(sabotage: Sabotage | undefined, { collection, inserted, set }: OwnWrite, given: unknown[]): void {
  const filter = given[0] as Values;
  if (sabotage === 'notice-key' && collection === 'loanNotices') {
    for (const notice of inserted as Values[]) notice.dayKey = randomUUID();
  }
  if (sabotage === 'loan-filter' && collection === 'loans' && set.processStatus === 'LOST') {
    given[0] = { institutionId: filter.institutionId, _id: filter._id };
  }
  if (sabotage === 'letter-claim' && collection === 'letters' && set.state === 'SENDING') {
    given[0] = { institutionId: filter.institutionId, _id: filter._id };
  }
}

await import('../worker/main.js'); // only now, with everything under watch
