import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { paths } from '../host/paths.ts';
import { BootstrapError } from '../lib/errors.ts';
import { sanitizeText } from '../lib/sanitize.ts';

/** How long the credentials of a kubeconfig of ours are good. */
export const KUBECONFIG_VALIDITY = '24h';

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
/** Exactly what kubeadm writes: inline data only, so that a host cannot make the runner execute or read anything. */
const schema = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Config'),
  preferences: z.strictObject({}).optional(),
  'current-context': z.string(),
  clusters: z.tuple([
    z.strictObject({
      name: z.string(),
      cluster: z.strictObject({
        server: z.url({ protocol: /^https$/ }),
        'certificate-authority-data': base64,
      }),
    }),
  ]),
  users: z.tuple([
    z.strictObject({
      name: z.string(),
      user: z.strictObject({ 'client-certificate-data': base64, 'client-key-data': base64 }),
    }),
  ]),
  contexts: z.tuple([
    z.strictObject({ name: z.string(), context: z.strictObject({ cluster: z.string(), user: z.string() }) }),
  ]),
});

export interface Kubeconfig {
  readonly text: string;
  /** What must never be printed: the client key, as it stands in the file and as PEM lines. */
  readonly secrets: readonly string[];
}

/** A new client certificate for administrators, signed on the control plane, valid for a day. */
export async function issueKubeconfig(
  controlPlane: Host,
  options: { readonly name: string; readonly server: string; readonly signal: AbortSignal },
): Promise<Kubeconfig> {
  const config = `${paths.runDir}/kubeconfig-user.yaml`;
  const { exitCode, stdout, stderr } = await controlPlane.sh(issueScript, [config, KUBECONFIG_VALIDITY], {
    signal: options.signal,
    accept: 'any',
  });
  // Not by the runner's own error, which may quote what was printed: that may be half a kubeconfig.
  if (exitCode !== 0) {
    const words = sanitizeText(stderr).trim().split('\n').at(-1) ?? '';
    throw new BootstrapError('E_COMMAND', `kubeadm issued no kubeconfig: ${words}`, {
      host: controlPlane.address,
    });
  }
  return checkKubeconfig(stdout, options);
}

/** The cluster's own configuration tells kubeadm which CA and endpoint to use. */
const issueScript = `
export KUBECONFIG=${paths.adminConf}
mkdir -p -m 0700 ${paths.runDir}
umask 077
trap 'rm -f "$1"' EXIT
${paths.bin}/kubectl --cache-dir=${paths.kubectlCache} -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' > "$1"
${paths.bin}/kubeadm kubeconfig user --config "$1" --client-name k8s-bootstrap-admin --org kubeadm:cluster-admins --validity-period "$2"
`;

/** @throws BootstrapError `E_OUTPUT` for anything but a plain kubeconfig for that server. */
export function checkKubeconfig(
  text: string,
  { name, server }: { name: string; server: string },
): Kubeconfig {
  const parsed = schema.safeParse(parsedYaml(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BootstrapError(
      'E_OUTPUT',
      `the host's kubeconfig is not a plain one: ${issue?.path.join('.') ?? ''} ${issue?.code ?? ''}`,
      {
        hint: 'it may not name commands, files, proxies or other servers',
      },
    );
  }
  const { clusters, users } = parsed.data;
  const { cluster } = clusters[0];
  const { user } = users[0];
  const key = user['client-key-data'];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { ...cluster, server } }],
    users: [{ name: `${name}-admin`, user }],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin` } }],
    'current-context': name,
  };
  const pem = Buffer.from(key, 'base64').toString('latin1').split('\n');
  return {
    text: stringify(config, { lineWidth: 0 }),
    secrets: [key, ...pem.filter((line) => line !== '' && !line.startsWith('---'))],
  };
}

/** What is no YAML is no kubeconfig either; the parser's own words would quote the key. */
function parsedYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

/** Writes by a new 0600 file and rename, so that neither an old mode nor an old tail survives. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new BootstrapError('E_OUTPUT', `cannot write ${path}`, {
      cause: error,
      hint: 'choose another kubeconfig path',
    });
  }
}
