/** sha256 of helm’s releases, as of 2026-11-24; format of sha256sum. */
export const helm = `
f8180838c23d7c7d797b208861fecb591d9ce1690d8704ed1e4cb8e2add966c1  get.helm.sh/helm-v3.18.4-linux-amd64.tar.gz
c0a45e67eef0c7416a8a8c9e9d5d2d30d70e4f4d3f7bea5de28241fffa8f3b89  get.helm.sh/helm-v3.18.4-linux-arm64.tar.gz
6ec85f306dd8fe9eb05c61ba4593182b2afcfefb52f21add3fe043ebbdc48e39  get.helm.sh/helm-v3.18.3-linux-amd64.tar.gz
3382ebdc6d6e027371551a63fc6e0a3073a1aec1061e346692932da61cfd8d24  get.helm.sh/helm-v3.18.3-linux-arm64.tar.gz
c5deada86fe609deefdf40e9cbbe3da2f8cf3f6a4551a0ebe7886dc8fcf98bce  get.helm.sh/helm-v3.18.2-linux-amd64.tar.gz
03181a494a0916b370a100a5b2536104963b095be53fb23d1e29b2afb1c7de8d  get.helm.sh/helm-v3.18.2-linux-arm64.tar.gz
b1c7e8e261fd30f34c617282813ecafc63628fcd59a255a9fc51b1fe43394c05  get.helm.sh/helm-v3.18.1-linux-amd64.tar.gz
5ddc8fbd4b17857754a95be799543ceafa5aa9532b05f738ee590a76bb049988  get.helm.sh/helm-v3.18.1-linux-arm64.tar.gz
961e587fc2c03807f8a99ac25ef063fa9e6915f1894729399cbb95d2a79af931  get.helm.sh/helm-v3.18.0-linux-amd64.tar.gz
489c9d2d3ea4e095331249d74b4407fb5ac1d338c28429d70cdedccfe6e2b029  get.helm.sh/helm-v3.18.0-linux-arm64.tar.gz
ee88b3c851ae6466a3de507f7be73fe94d54cbf2987cbaa3d1a3832ea331f2cd  get.helm.sh/helm-v3.17.3-linux-amd64.tar.gz
7944e3defd386c76fd92d9e6fec5c2d65a323f6fadc19bfb5e704e3eee10348e  get.helm.sh/helm-v3.17.3-linux-arm64.tar.gz
90c28792a1eb5fb0b50028e39ebf826531ebfcf73f599050dbd79bab2f277241  get.helm.sh/helm-v3.17.2-linux-amd64.tar.gz
d78d76ec7625a94991e887ac049d93f44bd70e4876200b945f813c9e1ed1df7c  get.helm.sh/helm-v3.17.2-linux-arm64.tar.gz
3b66f3cd28409f29832b1b35b43d9922959a32d795003149707fea84cbcd4469  get.helm.sh/helm-v3.17.1-linux-amd64.tar.gz
c86c9b23602d4abbfae39d9634e25ab1d0ea6c4c16c5b154113efe316a402547  get.helm.sh/helm-v3.17.1-linux-arm64.tar.gz
fc307327959aa38ed8f9f7e66d45492bb022a66c3e5da6063958254b9767d179  get.helm.sh/helm-v3.16.4-linux-amd64.tar.gz
d3f8f15b3d9ec8c8678fbf3280c3e5902efabe5912e2f9fcf29107efbc8ead69  get.helm.sh/helm-v3.16.4-linux-arm64.tar.gz
f5355c79190951eed23c5432a3b920e071f4c00a64f75e077de0dd4cb7b294ea  get.helm.sh/helm-v3.16.3-linux-amd64.tar.gz
5bd34ed774df6914b323ff84a0a156ea6ff2ba1eaf0113962fa773f3f9def798  get.helm.sh/helm-v3.16.3-linux-arm64.tar.gz
9318379b847e333460d33d291d4c088156299a26cd93d570a7f5d0c36e50b5bb  get.helm.sh/helm-v3.16.2-linux-amd64.tar.gz
1888301aeb7d08a03b6d9f4d2b73dcd09b89c41577e80e3455c113629fc657a4  get.helm.sh/helm-v3.16.2-linux-arm64.tar.gz
e57e826410269d72be3113333dbfaac0d8dfdd1b0cc4e9cb08bdf97722731ca9  get.helm.sh/helm-v3.16.1-linux-amd64.tar.gz
780b5b86f0db5546769b3e9f0204713bbdd2f6696dfdaac122fbe7f2f31541d2  get.helm.sh/helm-v3.16.1-linux-arm64.tar.gz
`;
