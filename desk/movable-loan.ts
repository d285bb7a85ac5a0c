/** A loan as the rules of due dates that staff set look at it. */
import type { MovableLoan } from '../domain/fulfillment/moved-due-dates.js';
import type { Loan } from '../models/loan.js';

export const movableLoan = ({ status, processStatus, dueDate, shortLoan }: Loan): MovableLoan =>
  ({ status, processStatus, dueDate: dueDate.getTime(), shortLoan });
