/** What the installation does for itself, beside its jobs. */
import { Context } from '@temporalio/activity';

/** How often the engine hears of a reconciliation at work. */
const HEARTBEAT_EVERY_MS = 5_000;

interface Dependencies<Summary> {
  /** Makes scheduled jobs, schedules and missed runs right; a second pass changes nothing. */
  reconcile: () => Promise<Summary>;
}

export function createSystemActivities<Summary>({ reconcile }: Dependencies<Summary>) {
  return {
    async reconcileInstallation(): Promise<Summary> {
      const context = Context.current();
      const beating = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
      try {
        return await reconcile();
      } finally {
        clearInterval(beating);
      }
    },
  };
}
export type SystemActivities = ReturnType<typeof createSystemActivities<object>>;
