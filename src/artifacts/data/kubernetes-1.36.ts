/** sha256 of the Kubernetes project’s 1.36 releases, as of 2026-11-24; format of sha256sum. */
export const kubernetes136 = `
10d054585907f2c8bb823c84f6a66b3bd2a474c3d795475f04e9a44f78650fe6  dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubeadm
6a849c07d3e1c708f5c40f1ac8be03a56124204dfc7e1931e4113634019c0dad  dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubeadm
cf2562db46c48ab84cc3791540778ee7fb1a0a008529adbb434723dd02ed8b4b  dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet
fd53ea3fcbd077844f50a3c67e9b52f62972a563674956bab0c0f4fb7ea37d50  dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet
8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a  dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl
0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb  dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubectl
bba1733c701bf70ec74ba1cc3fd5745404c1134a8a4b0a5f8560cc9832023421  dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubeadm
276cfbdc43b10fef663288cc1ed76abf77b1b7f700e9f1c053cb5dc3115484de  dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubeadm
46707a53209f826ad0f0d62371ac69cd00e78fd9a8176cf5f6f87f18f7f8b718  dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet
57205a5daf5883873d87b4914e1e00bdd7707acd075714788cfb0fc1f60bc414  dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet
ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336  dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubectl
3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62  dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubectl
f95d1b345f97c673ce1c1347eb96bf2587850975155ae701cdfc629a5b575b70  dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubeadm
c638f0b4d9b216df8d5bcf41473b81e59143aa0a690392c224e97e6ec91ed3e9  dl.k8s.io/release/v1.36.2/bin/linux/arm64/kubeadm
3ba68cb4f0906053c08ab843131d5cec559cf8c718dbd679950a078b306abbb4  dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubelet
b0b45db96f0e6bf996780b8a2b8d868bf538dc7c3a60cf604cf0ea2d65c24b06  dl.k8s.io/release/v1.36.2/bin/linux/arm64/kubelet
1e9045ec32bea85da43de85f0065358529ea7c7a152eca78154fba5b58c27d82  dl.k8s.io/release/v1.36.2/bin/linux/amd64/kubectl
c957eb8c4bea27a3bb35b269edd9082e27f027f7b76b20b5bf4afebc726c6d3e  dl.k8s.io/release/v1.36.2/bin/linux/arm64/kubectl
f35980333a4dae753807345ae359eca03f48f9945855e6a6a6708fe8b3b24038  dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubeadm
82fa5119d6687f721cd80cb278bac08f54cc5d3fd0320c66cef9394d42e153a9  dl.k8s.io/release/v1.36.1/bin/linux/arm64/kubeadm
7efa1780c73d9fb3a464002864e582eb2d15aa691e475eaae323093d08feae14  dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubelet
bf274dd3affbf2543d20465dee1f763f668f78c6fbd56197794f81337a49d687  dl.k8s.io/release/v1.36.1/bin/linux/arm64/kubelet
629d3f410e09bf49b64ae7079f7f0bda1191efed311f7d37fdbab0ad5b0ec2b7  dl.k8s.io/release/v1.36.1/bin/linux/amd64/kubectl
59f7ee8e477fae658447607dc3c8790ac17a1b016c01c622c12070e969e2d4e7  dl.k8s.io/release/v1.36.1/bin/linux/arm64/kubectl
f962dcee1f49a51368c3b383742144d99eacff77b2132cd0a540ed8c6b30fe81  dl.k8s.io/release/v1.36.0/bin/linux/amd64/kubeadm
43d4ca3a9f8f49c2c2f6db2c056de1a00fa110a3dd5aa68a74fbc52e42d96c01  dl.k8s.io/release/v1.36.0/bin/linux/arm64/kubeadm
d857082946c28493e8fdc52227feabd962e0e0900b6c6e4f6510168043b79dd4  dl.k8s.io/release/v1.36.0/bin/linux/amd64/kubelet
049d95107361583e64f3ac9b8c9bdaf73fc7e512a838972b13b423a33ece87e9  dl.k8s.io/release/v1.36.0/bin/linux/arm64/kubelet
123d8c8844f46b1244c547fffb3c17180c0c26dac9890589fe7e67763298748e  dl.k8s.io/release/v1.36.0/bin/linux/amd64/kubectl
9f9d9c44a7b5264515ac9da5991584e2395bd50662e651132337e7b4d0c56f8f  dl.k8s.io/release/v1.36.0/bin/linux/arm64/kubectl
`;
