import { productionDependencies } from './production.ts';
import { run } from './run.ts';

await run(productionDependencies());
// Sockets that a cancelled run left open would keep the process alive.
process.exit();
