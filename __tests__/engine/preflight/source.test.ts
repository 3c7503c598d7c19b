import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KubernetesArtifacts } from '../../../src/artifacts/resolve.ts';
import { sourceFindings } from '../../../src/engine/preflight/source.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { allInstalled, fakeArtifacts } from '../../helpers/artifacts.ts';
import { fakeCluster, fakeFacts, fakeSpec } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

/** Two hosts that want artifacts; `artifactUrl` is where the runner would look. */
function setUp(
  distribution: 'auto' | 'push' | 'pull',
  changes: Partial<ClusterSpec> = {},
  artifactUrl?: string,
) {
  const { artifacts } = fakeSpec();
  const at = fakeCluster({ hosts: 2, with: { artifacts: { ...artifacts, distribution }, ...changes } });
  const entries = Object.entries(fakeArtifacts).map(([name, artifact]) => [
    name,
    { ...artifact, url: artifactUrl ?? artifact.url },
  ]);
  at.cluster.artifacts = Object.fromEntries(entries) as KubernetesArtifacts;
  return { ...at, find: () => sourceFindings(at.cluster, quiet) };
}

describe('hosts that reach the source', () => {
  test.each(['auto', 'pull'] as const)('pull with distribution %s', async (distribution) => {
    const { cluster, runners, find } = setUp(distribution);
    for (const runner of runners) runner.on('sh -c', 'ok\n\n');
    expect(await find()).toEqual([]);
    expect(cluster.distribution).toBe('pull');
    expect(runners.map(({ lines }) => lines.length)).toEqual([1, 1]);
  });

  test('are asked for one artifact of every origin', async () => {
    const { cluster, runners, find } = setUp('pull');
    const kubeadm = { ...fakeArtifacts.kubeadm, url: 'https://elsewhere.example/kubeadm' };
    cluster.artifacts = { ...fakeArtifacts, kubeadm };
    for (const runner of runners) runner.on('sh -c', 'ok\n\n');
    expect(await find()).toEqual([]);
    const origins = ['https://elsewhere.example', 'https://mirror.example'];
    for (const { calls } of runners) {
      expect(calls.map(({ argv }) => new URL(argv.at(-1) ?? '').origin)).toEqual(origins);
    }
  });

  test('are not asked where they have everything', async () => {
    const { cluster, runners, find } = setUp('auto');
    for (const host of cluster.hosts) host.learn(fakeFacts(0, { installed: allInstalled }));
    expect(await find()).toEqual([]);
    expect(runners.flatMap(({ calls }) => calls)).toEqual([]);
  });
});

describe('hosts that do not', () => {
  let server: Server;
  let url: string;
  let status: number;
  beforeEach(async () => {
    status = 200;
    server = createServer((_request, response) => response.writeHead(status).end());
    const listening = Promise.withResolvers<undefined>();
    server.listen(0, '127.0.0.1', () => {
      listening.resolve(undefined);
    });
    await listening.promise;
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/x`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const cutOff = (distribution: 'auto' | 'push' | 'pull') => {
    const at = setUp(distribution, {}, url);
    at.runners[0]?.on('sh -c', 'ok\n\n');
    at.runners[1]?.on('sh -c', 'failed curl: (7) no \u001b[31mroute\n');
    return at;
  };

  test('all are pushed to with auto, as soon as one is cut off', async () => {
    const { cluster, find } = cutOff('auto');
    expect(await find()).toEqual([]);
    expect(cluster.distribution).toBe('push');
  });

  test('are findings with pull', async () => {
    expect(await cutOff('pull').find()).toEqual([
      {
        id: 'source-unreachable',
        severity: 'error',
        host: '10.0.0.2',
        message: `cannot reach ${url}: curl: (7) no route`,
        hint: expect.stringContaining('artifacts.mirror'),
      },
    ]);
  });

  test('are not even asked with push', async () => {
    const { runners, find, cluster } = cutOff('push');
    expect(await find()).toEqual([]);
    expect(runners.flatMap(({ calls }) => calls)).toEqual([]);
    expect(cluster.distribution).toBe('push');
  });

  test('with a runner that does not either there is no source', async () => {
    status = 404;
    expect(await cutOff('auto').find()).toEqual([
      expect.objectContaining({
        id: 'source-unreachable',
        severity: 'error',
        message: expect.stringContaining('HTTP 404'),
      }),
    ]);
  });
});

describe('registry mirrors', () => {
  const registryMirrors = {
    'docker.io': 'http://m:5000/v2/docker',
    'quay.io': 'http://m:5000',
    'ghcr.io': 'https://g',
  };
  const at = () => {
    const changed = setUp('auto', { registryMirrors });
    for (const host of changed.cluster.hosts) host.learn(fakeFacts(0, { installed: allInstalled }));
    for (const runner of changed.runners) runner.on('sh -c', 'ok\n\nok\n');
    return changed;
  };

  test('each is asked for once', async () => {
    const { find, runner } = at();
    expect(await find()).toEqual([]);
    expect(runner.calls[0]?.argv.slice(-2)).toEqual(['http://m:5000/v2/', 'https://g/v2/']);
  });

  test('one out of reach is an error, but for a host that may have its images already a warning', async () => {
    const { find, runners, cluster } = at();
    const [, second] = cluster.hosts;
    if (second !== undefined) second.state = hostState();
    for (const runner of runners) runner.on('sh -c', 'ok\n\nfailed refused \n');
    expect(await find()).toEqual([
      expect.objectContaining({
        id: 'mirror-unreachable',
        severity: 'error',
        host: '10.0.0.1',
        message: 'cannot reach the registry mirror https://g/v2/: refused',
      }),
      expect.objectContaining({ id: 'mirror-unreachable', severity: 'warning', host: '10.0.0.2' }),
    ]);
  });

  test('a host that says nothing did not reach them', async () => {
    const { find, runners } = at();
    for (const runner of runners) runner.on('sh -c', '');
    expect(await find()).toHaveLength(4);
  });
});

describe('the script, run for real over a fake curl', () => {
  test('takes each URL by itself, and one line of what went wrong', async () => {
    using shell = new SandboxShell();
    const curl =
      'for url in "$@"; do :; done\ncase $url in *bad*) printf "two\\nlines\\n" >&2; exit 7;; esac';
    const { find, runners } = setUp('pull', {}, 'https://bad.example/x');
    shell.fake('curl', curl);
    runners[0]?.on('sh -c', shell.run);
    runners[1]?.on('sh -c', 'ok\n');
    const [finding] = await find();
    expect(finding).toMatchObject({ message: 'cannot reach https://bad.example/x: two lines' });
  });
});
