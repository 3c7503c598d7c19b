import { join } from 'node:path';
import { runcWrapper } from '../build/components.ts';
import { goRecipe } from '../build/go.ts';
import { ensure } from '../cache/store.ts';
import { engineNeeds, meet } from '../prerequisites.ts';
import { type Print, Progress } from '../progress.ts';
import { Docker } from './docker.ts';
import { lacksSysResource, privateDocker, privateEnginePid, startPrivateEngine } from './private-engine.ts';

/** The engine in use, or nothing: the bed's own where it runs, else the one that answers by default. */
export async function findEngine(): Promise<Docker | undefined> {
  if (privateEnginePid() !== undefined && (await privateDocker.answers())) return privateDocker;
  const foreign = new Docker(undefined);
  return (await foreign.answers()) ? foreign : undefined;
}

export async function findOrStartEngine(print: Print): Promise<Docker> {
  const found = await findEngine();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) {
    throw new Error('no Docker engine answers, and starting one of its own needs root');
  }
  await meet(engineNeeds, print);
  // Where systemd runs, installing the package has started an engine.
  const installed = await findEngine();
  if (installed !== undefined) return installed;
  const progress = new Progress(print, 'engine', lacksSysResource() ? 2 : 1);
  const wrapper = lacksSysResource()
    ? join((await ensure(await goRecipe(runcWrapper), progress)).dir, 'runc-wrapper')
    : undefined;
  await progress.step('start a Docker engine of its own', 3, () => startPrivateEngine(wrapper));
  return privateDocker;
}
