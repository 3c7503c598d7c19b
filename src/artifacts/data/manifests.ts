/** sha256 of manifests that CNI projects release, as of 2026-11-24; format of sha256sum. */
export const manifests = `
e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0  github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml
`;
