/** sha256 of manifests and charts that CNI projects release, as of 2026-11-24; format of sha256sum. */
export const manifests = `
e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0  github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml
324475bc90d0fc6b432092b91a011190fdaed47823fcc936762ea58507c6a5a3  raw.githubusercontent.com/projectcalico/calico/v3.31.7/manifests/calico-vxlan.yaml
d6d8a489a4ed8e5b8efd8b339047b496ca657b55ee2e3618e791507b0a853e8d  raw.githubusercontent.com/projectcalico/calico/v3.31.7/manifests/calico.yaml
380414d5756e9a1af29ddb1ad70cada07aa344ae7a2680ba7355248621f8adbf  raw.githubusercontent.com/projectcalico/calico/v3.31.7/manifests/operator-crds.yaml
092c10b3d0cb73617aca51367ca59755348f4647e6d2e63fa4e5b81266203214  raw.githubusercontent.com/projectcalico/calico/v3.31.7/manifests/tigera-operator.yaml
c2ab4f9a4ecde01d66e6f040d6745cd7f174d5ded573164c809ffb9f40a9d566  raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/calico-vxlan.yaml
a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744  raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/calico.yaml
192f8b2d934ef24b62e86b7e1a6e1762d1c8af26a916f78057bc13fa5ed60f71  raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/operator-crds.yaml
f18e073794207d372606bc3ea6f8fd73972f86d6828f4ba666dfe0d4aa8ab07f  raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/tigera-operator.yaml
847b9b7a47c31d8e10149f5b4d94c78ea214d1c1d70df1640744ae21b0b9121a  raw.githubusercontent.com/cloudnativelabs/kube-router/v2.11.1/daemonset/kubeadm-kuberouter.yaml
9b216bf96a690a000a4208c673e0b8bc221ffc1f63e53b70e77ed25837fc2cf6  raw.githubusercontent.com/cloudnativelabs/kube-router/v2.11.1/daemonset/kubeadm-kuberouter-all-features.yaml
259a149a91143a9450280e733aa0e16455a2b268eaa62b5aab1eb7af9bf016ce  raw.githubusercontent.com/rajch/weave/v2.9.0/prog/weave-kube/weave-daemonset-k8s-1.11.yaml
a2410c91152fdead60084a750d5041749e95350c038a9832e7dff71f85b52c9c  raw.githubusercontent.com/weaveworks/weave/v2.8.1/prog/weave-kube/weave-daemonset-k8s-1.11.yaml
c5f013912360d1a334f44ef25f36da59ba3414cdb48f466ee12d0c4fdff27883  helm.cilium.io/cilium-1.20.0.tgz
21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179  helm.cilium.io/cilium-1.19.6.tgz
`;
