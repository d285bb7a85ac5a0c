/** Every workflow type of Almanac by the name that the engine shows: a job's type is its key. */
export { dispatcher } from './dispatcher.js';
export { loansOverdueAndLost as 'loans-overdue-and-lost' } from './fulfillment/loans-overdue-and-lost.js';
export { mail } from './mail.js';
export { systemReconcile as 'system-reconcile' } from './system-reconcile.js';
