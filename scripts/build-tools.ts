import { printToStderr } from '../testbed/src/progress.ts';
import { ensureTools } from '../tools/src/index.ts';

await ensureTools(['act', 'actionlint', 'zizmor'], printToStderr);
