import type { Step } from '../step.ts';
import { begin } from '../steps/begin.ts';
import { imagesStep } from '../steps/images.ts';
import { loadImages } from '../steps/load-images.ts';
import { create } from './create.ts';
import { fetch } from './fetch.ts';
import { install } from './install.ts';
import { docker, present, reach } from './look.ts';
import { init, join } from './members.ts';
import { preflight } from './preflight.ts';
import { reset } from './reset.ts';
import { resolve } from './resolve.ts';

/** kind's nodes bring Kubernetes' own images. */
const images = imagesStep(() => Promise.resolve([]));

/** The parts of a run that are kind's own. Their ids are those of the steps on machines, so that all others fit both. */
export const kindSteps = {
  look: [docker, present, ...reach],
  resolve,
  survey: [docker, resolve, preflight],
  nodes: [
    docker,
    resolve,
    preflight,
    fetch,
    begin,
    create,
    ...reach,
    install,
    loadImages,
    images,
    init,
    join,
  ],
  remove: [docker, reset],
} as const satisfies Readonly<Record<string, Step | readonly Step[]>>;
