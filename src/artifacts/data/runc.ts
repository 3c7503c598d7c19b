/** sha256 of runc’s releases, as of 2026-11-24; format of sha256sum. */
export const runc = `
f6ae8efc0fa40079e1475e97cbe9d1bd3f106a28d6af78a11d9f1bd565515e60  github.com/opencontainers/runc/releases/download/v1.4.3/runc.amd64
633301e2e32f8a5ad54031aab4901eb00308bec677dd15faa2751e8f9dab5ca4  github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64
ac8a90f9e225bb9322189937b230cdc5478d5753f0e31e1bda98a5cf06bd9539  github.com/opencontainers/runc/releases/download/v1.4.2/runc.amd64
ea54032310588e115633aa2f4bba8bf9500257f657e1deca88df5778775138db  github.com/opencontainers/runc/releases/download/v1.4.2/runc.arm64
b6d50dad89a420cafcdc0eebf4bed132a45b161d5bc1ba4ddd8cc4422d24a983  github.com/opencontainers/runc/releases/download/v1.4.1/runc.amd64
80d5757c46152c35151621cf394ee08cec881716169d0fdd40f9ce124d3c85f5  github.com/opencontainers/runc/releases/download/v1.4.1/runc.arm64
c5d4995c5aec204d7e1827d9d9a6b45042602736f7f415f484252e576dcdac28  github.com/opencontainers/runc/releases/download/v1.4.0/runc.amd64
2adbeed4c751d6f2201c642ed06269ff4370fcc4165abd3f323e19c653716c31  github.com/opencontainers/runc/releases/download/v1.4.0/runc.arm64
3f3921dbbee7723e9868f97e88e51ffc910206e3ba55646e74d93d24ea76023c  github.com/opencontainers/runc/releases/download/v1.3.6/runc.amd64
6be27a061ef89bb14c6cb495405bba80f46cea213b8f79378a6086b1bac6b747  github.com/opencontainers/runc/releases/download/v1.3.6/runc.arm64
66fa8390be8fb3b23dfbb60c767368bb5b51f1acfa88692bbff1a82953d4d9e9  github.com/opencontainers/runc/releases/download/v1.3.5/runc.amd64
bd843d75a788e612c9df286b1fa519a44fcbb7a7b8d01e2268431433cc7c718c  github.com/opencontainers/runc/releases/download/v1.3.5/runc.arm64
5966ca40b6187b30e33bfc299c5f1fe72e8c1aa01cf3fefdadf391668f47f103  github.com/opencontainers/runc/releases/download/v1.3.4/runc.amd64
d6dcab36d1b6af1b72c7f0662e5fcf446a291271ba6006532b95c4144e19d428  github.com/opencontainers/runc/releases/download/v1.3.4/runc.arm64
8781ab9f71c12f314d21c8e85f13ca1a82d90cf475aa5131a7b543fcc5487543  github.com/opencontainers/runc/releases/download/v1.3.3/runc.amd64
3c9a8e9e6dafd00db61f4611692447ebab4a56388bae4f82192aed67b66df712  github.com/opencontainers/runc/releases/download/v1.3.3/runc.arm64
e7a8e30bd6d248f494aae9163521ff4eb112a30602ac56ada0871e3531269c2d  github.com/opencontainers/runc/releases/download/v1.3.2/runc.amd64
06fbccb4528ecd490f3f333d6dcf22c876bd72a024813a0c0a46312121f4c5fd  github.com/opencontainers/runc/releases/download/v1.3.2/runc.arm64
53bfce31ca047e537e0767b21c9d529d4b5b3e1cb9c590ca81654f9a5615d80d  github.com/opencontainers/runc/releases/download/v1.3.1/runc.amd64
e531c276312ec701be7edf2b998ac4220c858d02d274bef5546945964792d074  github.com/opencontainers/runc/releases/download/v1.3.1/runc.arm64
028986516ab5646370edce981df2d8e8a8d12188deaf837142a02097000ae2f2  github.com/opencontainers/runc/releases/download/v1.3.0/runc.amd64
85c5e4e4f72e442c8c17bac07527cd4f961ee48e4f2b71797f7533c94f4a52b9  github.com/opencontainers/runc/releases/download/v1.3.0/runc.arm64
b21fda1d5a1510b19c3f6fb43ecb3a92887654a9d0c2b64e84b8b08f24ff0e30  github.com/opencontainers/runc/releases/download/v1.2.9/runc.amd64
c155ae4716480be73a1c3bbedfa23df179800ba39ca83eb59f5b1b9b72a7ecbd  github.com/opencontainers/runc/releases/download/v1.2.9/runc.arm64
`;
