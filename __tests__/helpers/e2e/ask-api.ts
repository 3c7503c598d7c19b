import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parse } from 'yaml';

export interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

export function readKubeconfig(path: string): Kubeconfig {
  return parse(readFileSync(path, 'utf8')) as Kubeconfig;
}

/** A request to the API server with a kubeconfig's credentials, from this machine. */
export async function askApi(path: string, url: string): Promise<string> {
  const config = readKubeconfig(path);
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const decode = (text: string): Buffer => Buffer.from(text, 'base64');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(`${cluster.server}${url}`, {
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
    .on('response', (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        resolve(body);
      });
    })
    .on('error', reject)
    .end();
  return promise;
}
