/** A certificate authority's certificate, as kubeadm makes one; nobody has its key. */
export const testCa = `-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUMSofG0n0xXxV8kEhQTV+WMmhTawwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjQwNDE5MzBaGA8yMTI2MTAz
MTA0MTkzMFowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABC8tpBEVyCja13Re3sIARN3DUW/gBC1ZKo5poCmmH46YDcCR4SSi
B86ebUxolF3x/jfkBay+ayQ7CBZAL3Rqp6yjUzBRMB0GA1UdDgQWBBTs+uBiB4f6
JZCIyaG4Uka4JQgfIzAfBgNVHSMEGDAWgBTs+uBiB4f6JZCIyaG4Uka4JQgfIzAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDJ6P2tPvfGBe6Tpkee
/Dh+20Q7n0U2e0mJOT1XI8CSKwIhAIz/h/zrJOeviWEW25bF9ynFXUxADPa+ZcYk
9vFNYKih
-----END CERTIFICATE-----
`;

/**
 * By the command of kubeadm's documentation:
 * `openssl x509 -pubkey -in ca.crt | openssl pkey -pubin -outform der | openssl dgst -sha256 -hex`.
 */
export const testCaHash = 'sha256:adb152f845bcd060585a8b2cec3237afd6229dbd9e5c32ac121b10cb1c470207';
