/** sha256 of the releases of the CNI project’s own plugins, as of 2026-11-24; format of sha256sum. */
export const cniPlugins = `
b98f74a0f8522f0a83867178729c1aa70f2158f90c45a2ca8fa791db1c76b303  github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz
56171987d3947707c3563db2f4001bccaf50fd63468611b9f3cbecb1375ee7ec  github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz
ab3bda535f9d90766cccc90d3dddb5482003dd744d7f22bcf98186bf8eea8be6  github.com/containernetworking/plugins/releases/download/v1.8.0/cni-plugins-linux-amd64-v1.8.0.tgz
57ce466fc3b79db1f19b8f4c63e07a1112306efa53c94fe810a2150dd9e07ddb  github.com/containernetworking/plugins/releases/download/v1.8.0/cni-plugins-linux-arm64-v1.8.0.tgz
1a28a0506bfe5bcdc981caf1a49eeab7e72da8321f1119b7be85f22621013098  github.com/containernetworking/plugins/releases/download/v1.7.1/cni-plugins-linux-amd64-v1.7.1.tgz
119fcb508d1ac2149e49a550752f9cd64d023a1d70e189b59c476e4d2bf7c497  github.com/containernetworking/plugins/releases/download/v1.7.1/cni-plugins-linux-arm64-v1.7.1.tgz
b8e811578fb66023f90d2e238d80cec3bdfca4b44049af74c374d4fae0f9c090  github.com/containernetworking/plugins/releases/download/v1.6.2/cni-plugins-linux-amd64-v1.6.2.tgz
01e0e22acc7f7004e4588c1fe1871cc86d7ab562cd858e1761c4641d89ebfaa4  github.com/containernetworking/plugins/releases/download/v1.6.2/cni-plugins-linux-arm64-v1.6.2.tgz
682b49ff8933a997a52107161f1745f8312364b4c7f605ccdf7a77499130d89d  github.com/containernetworking/plugins/releases/download/v1.6.0/cni-plugins-linux-amd64-v1.6.0.tgz
db09ab057ecf60b05ba05cbec38d55b95cc139c7f1078e2e4857cc13af158cee  github.com/containernetworking/plugins/releases/download/v1.6.0/cni-plugins-linux-arm64-v1.6.0.tgz
`;
