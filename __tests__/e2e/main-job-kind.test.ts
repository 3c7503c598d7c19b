import { jest } from '@jest/globals';
import { describeMainJob } from '../helpers/e2e/main-job.ts';
import { kindSite } from '../helpers/e2e/site.ts';

jest.setTimeout(8 * 60_000);

describeMainJob(kindSite('main-job'));
