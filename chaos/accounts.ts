/** A morning of notifications-activity-report, drawn from a seed. */
import type { Models } from '../models/models.js';
import { activated } from '../test/support/demo-library.js';
import { feeOf } from './debts.js';
import { drawFrom } from './draw.js';
import { library, overdueDate, parts, type Size } from './library.js';

/** Loans as of a night, and half as many fees. */
export async function accountsWork(models: Models, institutionId: string, size: Size): Promise<string> {
  await library(models, institutionId, size, overdueDate, []);
  const patrons = await models.User.countDocuments({ institutionId, primaryId: /^P/ });
  const draw = drawFrom(size.seed, 'fees');
  const fees = Array.from({ length: size.loans >> 1 }, (_, index) => feeOf(institutionId, index, patrons, draw));
  for (const some of parts(fees)) await models.Fee.insertMany(some);
  return (await activated(models, institutionId, 'notifications-activity-report'))._id;
}
