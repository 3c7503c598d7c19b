import { productionDependencies } from './production.ts';
import { runPost } from './run-post.ts';

await runPost(productionDependencies());
// Sockets that a cancelled run left open would keep the process alive.
process.exit();
