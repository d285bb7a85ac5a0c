/** Every page, behind the sign-in. */
import { Router } from 'express';
import type { ApiContext } from '../context.js';
import { anonymizationPages } from './anonymization-rules.js';
import { apiKeyPages } from './api-keys.js';
import type { Present } from './present.js';
import { calendarApplyPages } from './calendar-apply.js';
import { calendarRecordForms } from './calendar-record-form.js';
import { calendarYearPage } from './calendar-year.js';
import { calendarPages } from './calendars.js';
import { autoRenewalPages } from './auto-renewal-rules.js';
import { blockDefinitionPages } from './block-definitions.js';
import { blockPreferencePages } from './block-preferences.js';
import { configurationPage } from './configuration-page.js';
import { deskDueDatesPage } from './desk-due-dates.js';
import { deskFeePage } from './desk-fee.js';
import { deskLoanPage } from './desk-loan.js';
import { deskPatronForms } from './desk-patron-forms.js';
import { deskReturnsPage } from './desk-returns.js';
import { deskPages } from './desk.js';
import { demeritRulePages } from './demerit-rules.js';
import { demeritSettingsPages } from './demerit-settings.js';
import { finesProfilePages } from './fines-profiles.js';
import { fulfillmentSettingsPage } from './fulfillment-settings.js';
import { fulfillmentUnitPages } from './fulfillment-units.js';
import { historyPage } from './history.js';
import { homePage } from './home.js';
import { helpPage } from './help.js';
import { jobForms } from './job-forms.js';
import { letterPages } from './letters.js';
import { institutionPage } from './institution.js';
import { libraryPages } from './libraries.js';
import { mailboxPages } from './mailbox.js';
import { overdueProfilePages } from './overdue-profiles.js';
import { patronLimitPages } from './patron-limits.js';
import { recordPage } from './record.js';
import { runPage } from './run.js';
import { runDetails } from './run-details.js';
import { runSteps } from './run-steps.js';
import { runningPage } from './running.js';
import { startForms } from './start-forms.js';
import { scheduledJobPage } from './scheduled-job.js';
import { scheduledPage } from './scheduled.js';
import { signInPages } from './sign-in.js';
import { termsOfUsePages } from './terms-of-use.js';
import { unitRulePages } from './unit-rules.js';

export function allPages(context: ApiContext, presenting: Present): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (request.viewer !== undefined || request.path === '/sign-in') return next();
    // After signing in one goes on where one wanted to go; a form that was sent is not sent again by itself.
    const to = request.method === 'GET' ? request.originalUrl : '/';
    response.redirect(303, to === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`);
  });
  router.use(signInPages(context, presenting));
  const inside = [
    homePage, scheduledPage, scheduledJobPage, jobForms, startForms, runningPage, historyPage, runPage, runDetails, runSteps,
    letterPages, mailboxPages, configurationPage, overdueProfilePages, finesProfilePages, termsOfUsePages, fulfillmentUnitPages, unitRulePages, apiKeyPages, recordPage, helpPage,
    deskPages, deskPatronForms, deskLoanPage, deskFeePage, deskReturnsPage, deskDueDatesPage,
    patronLimitPages, blockDefinitionPages, autoRenewalPages, demeritRulePages, ...anonymizationPages, blockPreferencePages, demeritSettingsPages, fulfillmentSettingsPage, libraryPages, institutionPage,
    calendarPages, calendarRecordForms, calendarApplyPages, calendarYearPage,
  ];
  for (const pages of inside) router.use(pages(context, presenting));
  return router;
}
