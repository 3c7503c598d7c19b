/** sha256 of containerd’s releases, as of 2026-11-24; format of sha256sum. */
export const containerd = `
9d68969855fbf676cdb8ed758e420fb048d61f984f61de3e53eddfebe484d168  github.com/containerd/containerd/releases/download/v2.3.4/containerd-2.3.4-linux-amd64.tar.gz
a985fbb7e18fc0362d31a055338f5d7b0e087a3e27f14c70d1c5965399a29f95  github.com/containerd/containerd/releases/download/v2.3.4/containerd-2.3.4-linux-arm64.tar.gz
ebf6e710056312628eaf6fb4a1c32f0a4ae5f812568321be4029389d66fc7c7c  github.com/containerd/containerd/releases/download/v2.3.3/containerd-2.3.3-linux-amd64.tar.gz
9cc708f13c31588a2fbdbd13553d963356e990d50e9b95a2d6120f4ff2067910  github.com/containerd/containerd/releases/download/v2.3.3/containerd-2.3.3-linux-arm64.tar.gz
75625e6f6595bb95f3fb9c8123a60534af4a8d9b52d7617065967bcefe71a17a  github.com/containerd/containerd/releases/download/v2.3.2/containerd-2.3.2-linux-amd64.tar.gz
6874adea935300402b7782d63bf58f1bd59a3323d76a9f22f27686001fb8997a  github.com/containerd/containerd/releases/download/v2.3.2/containerd-2.3.2-linux-arm64.tar.gz
628448bd973610c656c1cbea8e88b32fafd85b23cc1aa4a3372eb7198478c054  github.com/containerd/containerd/releases/download/v2.3.1/containerd-2.3.1-linux-amd64.tar.gz
46a83603a850f3916ca7c942310daaf82ed17773a85b1d431e92d4a541e46d0d  github.com/containerd/containerd/releases/download/v2.3.1/containerd-2.3.1-linux-arm64.tar.gz
4cb83e7100a5e73fcb626207d0b5bcfd1294e26aeddfe075dcfb38f375c5f887  github.com/containerd/containerd/releases/download/v2.3.0/containerd-2.3.0-linux-amd64.tar.gz
06623dc8719b30d06303420f7eae91b0a9ade4e71243a4102f6375e585fb0a42  github.com/containerd/containerd/releases/download/v2.3.0/containerd-2.3.0-linux-arm64.tar.gz
91cd216ea26a1b8b512219d3f205375c967e7b7de4dae571bc3dd16bfacd34b5  github.com/containerd/containerd/releases/download/v2.2.7/containerd-2.2.7-linux-amd64.tar.gz
84eb0a161e20ad45465202fa2d6d93b3d9b74666c363e9908706d590a86e2618  github.com/containerd/containerd/releases/download/v2.2.7/containerd-2.2.7-linux-arm64.tar.gz
f001b58b63206da25aa5accdb2eb1211aec19c28ec418b4d953b87d0c1ee7eb6  github.com/containerd/containerd/releases/download/v2.2.6/containerd-2.2.6-linux-amd64.tar.gz
0b05746d09e86ac1098a3ecf4bc67d146873d668819aeb8216c39fcf369e8a51  github.com/containerd/containerd/releases/download/v2.2.6/containerd-2.2.6-linux-arm64.tar.gz
d4031557773a8e969d604b4ee809c64ed3c6cd024d38d521d93984fa17d37b89  github.com/containerd/containerd/releases/download/v2.2.5/containerd-2.2.5-linux-amd64.tar.gz
ad3f7aec168ebbae8d24c412fdd2e8806d96599757f6032e38997d62a108158a  github.com/containerd/containerd/releases/download/v2.2.5/containerd-2.2.5-linux-arm64.tar.gz
62e77f6294e432dca5b56ad7e7d6085b5bbb526ebba0a51d832714f9b04cfdfd  github.com/containerd/containerd/releases/download/v2.2.4/containerd-2.2.4-linux-amd64.tar.gz
d0897c8e27c96a7b7d4c73e9b278ea9f559dda619d497d88b323a528bd1412c3  github.com/containerd/containerd/releases/download/v2.2.4/containerd-2.2.4-linux-arm64.tar.gz
ca26ef5138f17b847bbeeec36d4bf5e002b54d25858197a870c125d57f44d32f  github.com/containerd/containerd/releases/download/v2.2.3/containerd-2.2.3-linux-amd64.tar.gz
2942d72435b18610f7b69c1ddb74f99cef5c549425ff80d3e74f04e5e80db6a4  github.com/containerd/containerd/releases/download/v2.2.3/containerd-2.2.3-linux-arm64.tar.gz
2c08c99cbde73b3388c6d5da68e0bcaebc70c9174f2b14d785695e4401b3ede0  github.com/containerd/containerd/releases/download/v2.2.2/containerd-2.2.2-linux-amd64.tar.gz
cb102473d6e353beb604178879d51cc456da0cdf368d9437d8d404ed01baf674  github.com/containerd/containerd/releases/download/v2.2.2/containerd-2.2.2-linux-arm64.tar.gz
f5d8e90ecb6c1c7e33ecddf8cc268a93b9e5b54e0e850320d765511d76624f41  github.com/containerd/containerd/releases/download/v2.2.1/containerd-2.2.1-linux-amd64.tar.gz
dac15a0d412a24be8bfe6a40cec8f51829062725169f1e72ac7d120a891ef5b6  github.com/containerd/containerd/releases/download/v2.2.1/containerd-2.2.1-linux-arm64.tar.gz
`;
