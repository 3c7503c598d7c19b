/** sha256 of kind’s releases, as of 2026-11-24; format of sha256sum. */
export const kind = `
aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d  github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-amd64
20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2  github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-arm64
`;
