import * as z from 'zod';
import { componentVersion, path, url } from './text.ts';

/** The newest releases in the tables of `artifacts/data`; a test holds them together. */
export const defaultVersions = {
  containerd: '2.3.4',
  runc: '1.4.3',
  cniPlugins: '1.9.1',
  helm: '3.18.4',
} as const;

export const artifacts = z
  .strictObject({
    mirror: url
      .exactOptional()
      .describe(
        'Base URL of a mirror; upstream’s host name is the first segment of paths below it. Default: upstream.',
      ),
    checksums: path
      .exactOptional()
      .describe(
        'sha256sum file with names `<upstream host>/<path>`; it takes precedence over the built-in table.',
      ),
    distribution: z
      .enum(['auto', 'push', 'pull'])
      .default('auto')
      .describe(
        '`pull`: hosts download; `push`: the runner downloads and copies; `auto`: pull if every host can.',
      ),
    cacheDir: path
      .exactOptional()
      .describe(
        'Where the runner keeps downloads. Default: below `$RUNNER_TOOL_CACHE`, else `~/.cache/k8s-bootstrap`.',
      ),
    versions: z
      .strictObject({
        containerd: componentVersion.default(defaultVersions.containerd),
        runc: componentVersion.default(defaultVersions.runc),
        cniPlugins: componentVersion.default(defaultVersions.cniPlugins),
        kind: componentVersion
          .exactOptional()
          .describe(
            'Exactly this one, whatever is on the PATH. Default: what is there if it is 0.32 or newer, else the newest known.',
          ),
        helm: componentVersion.default(defaultVersions.helm),
      })
      .prefault({})
      .meta({ title: 'Component versions' }),
  })
  .meta({ title: 'Artifacts' });
