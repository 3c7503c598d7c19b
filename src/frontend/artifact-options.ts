import type { Option } from './option.ts';

/** Where software comes from. */
export const artifactOptions: readonly Option[] = [
  {
    name: 'images',
    field: 'images',
    kind: 'list',
    placeholder: 'IMAGE|TAR',
    flag: 'image',
    description:
      'Images of this machine to load into every node, one a line or separated by commas: names in its Docker, or paths of tars (`docker save`).',
  },
  {
    name: 'mirror',
    field: 'artifacts.mirror',
    kind: 'text',
    placeholder: 'URL',
    description:
      'Base URL of a mirror for all downloads; the upstream host name is the first path segment below it.',
  },
  {
    name: 'checksums',
    field: 'artifacts.checksums',
    kind: 'text',
    placeholder: 'PATH',
    description: 'Path of a sha256sum file for downloads that the built-in table does not know.',
  },
  {
    name: 'distribution',
    field: 'artifacts.distribution',
    kind: 'text',
    placeholder: 'MODE',
    description:
      '`pull`: hosts download; `push`: the runner downloads and copies; `auto`: pull if every host can. Default `auto`.',
  },
  {
    name: 'registry-mirrors',
    field: 'registryMirrors',
    kind: 'map',
    placeholder: 'REGISTRY=URL',
    flag: 'registry-mirror',
    description: 'Mirrors of image registries, one `registry=url` a line.',
  },
];
