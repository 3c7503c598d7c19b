import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { checkKubeconfig, issueKubeconfig } from '../../src/kube/kubeconfig.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { clientKeyData, kubeadmKubeconfig, kubeadmKubeconfigText } from '../helpers/kubeconfig.ts';

const pinned = { name: 'ci', server: 'https://10.0.0.1:6443' };
type Mutable = ReturnType<typeof kubeadmKubeconfig>;

const check = (text: string) => bootstrapFailure(() => checkKubeconfig(text, pinned));

describe('checkKubeconfig', () => {
  test('keeps CA and credentials, and pins server and names', () => {
    const { text } = checkKubeconfig(kubeadmKubeconfigText, pinned);
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'ci',
      clusters: [{ name: 'ci', cluster: { server: pinned.server, 'certificate-authority-data': 'Y2E=' } }],
      users: [
        {
          name: 'ci-admin',
          user: { 'client-certificate-data': 'Y2VydA==', 'client-key-data': clientKeyData },
        },
      ],
      contexts: [{ name: 'ci', context: { cluster: 'ci', user: 'ci-admin' } }],
    });
  });

  test('the secrets are the key as it stands there and its PEM lines, not the armour', () => {
    expect(checkKubeconfig(kubeadmKubeconfigText, pinned).secrets).toEqual([
      clientKeyData,
      'c2VjcmV0LWxpbmUtb25lLW9mLXRoZS1jbGllbnQta2V5',
      'c2VjcmV0LWxpbmUtdHdv',
    ]);
  });

  const user = (more: object) => (config: Mutable) => Object.assign(config.users[0]?.user ?? {}, more);
  const cluster = (more: object) => (config: Mutable) =>
    Object.assign(config.clusters[0]?.cluster ?? {}, more);
  const rows: [string, (config: Mutable) => unknown][] = [
    ['a command', user({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'id' } })],
    ['an auth provider', user({ 'auth-provider': { name: 'gcp' } })],
    ['a token', user({ token: 'x' })],
    ['a token file', user({ tokenFile: '/etc/shadow' })],
    ['a key file', user({ 'client-key': '/root/.ssh/id_ed25519' })],
    ['a certificate file', user({ 'client-certificate': '/etc/passwd' })],
    ['impersonation', user({ as: 'system:admin' })],
    ['key data that is no base64', user({ 'client-key-data': '$(id)' })],
    ['a proxy', cluster({ 'proxy-url': 'http://evil.example' })],
    ['no TLS verification', cluster({ 'insecure-skip-tls-verify': true })],
    ['a CA file', cluster({ 'certificate-authority': '/etc/passwd' })],
    ['another TLS name', cluster({ 'tls-server-name': 'evil' })],
    ['plain http', cluster({ server: 'http://10.0.0.1:6443' })],
    ['two clusters', (config) => config.clusters.push(...structuredClone(config.clusters))],
    ['two users', (config) => config.users.push(...structuredClone(config.users))],
    ['two contexts', (config) => config.contexts.push(...structuredClone(config.contexts))],
    ['an extension', (config) => Object.assign(config, { extensions: [] })],
    ['another kind', (config) => Object.assign(config, { kind: 'List' })],
  ];
  test.each(rows)('refuses %s', async (_name, change) => {
    const config = kubeadmKubeconfig();
    change(config);
    expect(await check(stringify(config))).toMatchObject({ code: 'E_OUTPUT' });
  });

  test.each([
    ['nothing', ''],
    ['YAML that is broken', 'clusters: [\n- "'],
    ['aliases', `a: &a [1]\nb: *a\n${kubeadmKubeconfigText}`],
    ['several documents', `${kubeadmKubeconfigText}---\n${kubeadmKubeconfigText}`],
  ])('refuses %s', async (_name, text) => {
    expect(await check(text)).toMatchObject({ code: 'E_OUTPUT' });
  });

  test('does not repeat what the host said, which may be the key', async () => {
    const broken = `${kubeadmKubeconfigText}  client-key-data: ${clientKeyData}\n`;
    const { message, cause } = await check(broken);
    expect(`${message} ${String(cause)}`).not.toContain(clientKeyData);
  });
});

describe('issueKubeconfig', () => {
  test('asks the control plane for a day’s credentials and checks what comes', async () => {
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', kubeadmKubeconfigText);
    const issued = await issueKubeconfig(cluster.controlPlane, { ...pinned, signal: quiet });
    expect(issued).toEqual(checkKubeconfig(kubeadmKubeconfigText, pinned));
    expect(runner.calls).toHaveLength(1);
    expect(runner.calls[0]?.argv.slice(4)).toContain('24h');
    expect(runner.calls[0]?.options).toMatchObject({ sudo: true, signal: quiet });
  });
});
