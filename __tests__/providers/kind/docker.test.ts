import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/lib/clock.ts';
import { providers } from '../../../src/providers/index.ts';
import { kindOnPath } from '../../../src/providers/kind/binary.ts';
import { Docker, lastLine } from '../../../src/providers/kind/docker.ts';
import { subnetsOf } from '../../../src/providers/kind/inventory.ts';
import { fakeHost, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { FakeDocker } from '../../helpers/fake-docker.ts';
import { FakeRunner, type FakeResult } from '../../helpers/fake-runner.ts';

const signal = { signal: quiet };
const dockerThatSays = (result: FakeResult): Docker => new Docker(new FakeRunner([['docker ', result]]));

describe('docker info', () => {
  test('is what the engine tells', async () => {
    const local = new FakeDocker();
    expect(await new Docker(local).info(signal)).toMatchObject({ ServerVersion: '28.5.1', NCPU: 4 });
    expect(local.lines).toEqual(['docker info --format {{json .}}']);
  });

  const away = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.';
  test.each<[string, FakeResult, string]>([
    ['no docker', { exitCode: 127, stderr: 'docker: ENOENT\n' }, 'there is no docker on this machine'],
    [
      'no engine',
      {
        exitCode: 1,
        stdout: JSON.stringify({ ServerErrors: [away] }),
        stderr: 'errors pretty printing info',
      },
      `Docker does not answer: ${away}`,
    ],
    [
      'no engine, and no error code for it',
      JSON.stringify({ ServerErrors: ['permission denied'] }),
      'Docker does not answer: permission denied',
    ],
    [
      'words instead, in colour',
      { exitCode: 1, stderr: '\u001b[31mpermission denied\u001b[0m\nusage: docker' },
      'Docker does not answer: permission denied',
    ],
    ['nothing', '', 'Docker does not answer: '],
    ['something else', 'hello', 'Docker does not answer: '],
  ])('%s is E_CONNECT', async (_name, result, message) => {
    expect(await bootstrapFailure(dockerThatSays(result).info(signal))).toMatchObject({
      code: 'E_CONNECT',
      where: 'provider',
      message,
      hint: expect.stringContaining('docker info'),
    });
  });
});

describe('what is not there', () => {
  test('is undefined', async () => {
    const docker = new Docker(new FakeDocker());
    expect(await docker.network('kind', signal)).toBeUndefined();
    expect(await docker.volumeLabels('v', signal)).toBeUndefined();
    expect(await docker.imageId('i', signal)).toBeUndefined();
    expect(await docker.containers('test', signal)).toEqual([]);
  });

  test.each<[string, FakeResult]>([
    ['an error without JSON', { exitCode: 1, stderr: 'no such thing' }],
    ['an empty list', { exitCode: 1, stdout: '[]' }],
    ['half a list', '[{"Id":'],
    ['nothing', ''],
    ['null', 'null'],
  ])('is undefined for %s', async (_name, result) => {
    const docker = dockerThatSays(result);
    expect(await docker.network('kind', signal)).toBeUndefined();
    expect(await docker.volumeLabels('v', signal)).toBeUndefined();
    expect(await docker.imageId('i', signal)).toBeUndefined();
  });

  test('of the containers, since it vanished after it was listed, leaves the others', async () => {
    const local = new FakeDocker();
    local.add('a');
    local.add('b');
    local.on('docker ps ', 'id-of-a\nid-of-gone\nid-of-b\n');
    const found = await new Docker(local).containers('test', signal);
    expect(found.map(({ Name }) => Name)).toEqual(['/a', '/b']);
  });

  test('is an error where nobody could list containers', async () => {
    const docker = dockerThatSays({ exitCode: 1, stderr: 'no daemon' });
    expect(await bootstrapFailure(docker.containers('test', signal))).toMatchObject({ code: 'E_COMMAND' });
  });
});

describe('what is there', () => {
  test('are containers of the cluster alone, stopped ones too', async () => {
    const local = new FakeDocker();
    local.add('a');
    local.add('b', { running: false });
    local.add('stranger', { cluster: 'other' });
    const found = await new Docker(local).containers('test', signal);
    expect(found.map(({ Name, State }) => [Name, State.Running])).toEqual([
      ['/a', true],
      ['/b', false],
    ]);
    expect(local.lines[0]).toBe(
      'docker ps --all --quiet --no-trunc --filter label=io.x-k8s.kind.cluster=test',
    );
  });

  test('are labels of a volume, none of one without', async () => {
    expect(await dockerThatSays('[{"Labels":{"a":"b"}}]').volumeLabels('v', signal)).toEqual({ a: 'b' });
    expect(await dockerThatSays('[{"Labels":null}]').volumeLabels('v', signal)).toEqual({});
  });

  test('are subnets of a network', () => {
    const Config = [{ Subnet: '172.18.0.0/16' }, {}, { Subnet: 'fc00::/64' }];
    const network = { Labels: null, Containers: null };
    expect(subnetsOf({ ...network, IPAM: { Config } })).toEqual(['172.18.0.0/16', 'fc00::/64']);
    expect(subnetsOf({ ...network, IPAM: { Config: null } })).toEqual([]);
  });
});

test('a pull that fails is E_IMAGE with its last word', async () => {
  const stderr = 'Using default tag\n\u001b[31mmanifest unknown\u001b[0m\n';
  expect(await bootstrapFailure(dockerThatSays({ exitCode: 1, stderr }).pull('n:1', signal))).toMatchObject({
    code: 'E_IMAGE',
    message: 'cannot pull n:1: manifest unknown',
    hint: expect.stringContaining('node-image'),
  });
  await expect(dockerThatSays('sha256:abc').pull('n:1', signal)).resolves.toBeUndefined();
  expect(lastLine('')).toBe('');
});

describe('kind on the PATH', () => {
  test.each<[FakeResult, string | undefined]>([
    ['0.33.0\n', '0.33.0'],
    ['v0.32.0\n', '0.32.0'],
    ['0.34.0-alpha+abc\n', '0.34.0-alpha+abc'],
    ['1.0.0\n', '1.0.0'],
    ['0.32.0-alpha+abc\n', undefined],
    ['0.31.0\n', undefined],
    ['0.9.0\n', undefined],
    ['', undefined],
    ['kind: usage\n0.33.0', undefined],
    [{ exitCode: 127, stderr: 'kind: ENOENT' }, undefined],
    [{ exitCode: 1, stdout: '0.33.0' }, undefined],
  ])('that says %j is %s', async (result, version) => {
    const local = new FakeRunner([['kind version --quiet', result]]);
    expect(await kindOnPath(local, { ...signal, wanted: undefined })).toBe(version);
  });

  test.each([
    ['0.33.0', '0.33.0'],
    ['0.32.0', undefined],
    ['0.33.0-alpha+abc', undefined],
    ['0.20.0', undefined],
  ])('that says %s is %s where 0.33.0 is wanted', async (says, version) => {
    const local = new FakeRunner([['kind version --quiet', `${says}\n`]]);
    expect(await kindOnPath(local, { ...signal, wanted: '0.33.0' })).toBe(version);
  });
});

test('the provider’s hosts are containers, by their names', async () => {
  const host = { ...fakeHost(0, true), address: 'c-control-plane' };
  const options = { spec: fakeSpec(), clock: systemClock, signal: quiet, onWarning: () => undefined };
  expect((await providers.kind.connect(host, options)).target).toBe('c-control-plane');
});
