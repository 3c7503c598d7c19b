import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { repository } from './run.ts';

bundle(join(repository, 'dist'));
