/** A certificate for this machine that no authority has signed, valid until 2120, and its key: good for tests and nothing else. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBRjCB7qADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeKWw8MZD/wmJZEkn
Zgp3fOAKOrchlKGkAkhHT09l8Dvkfqy+OVN+KDwTwNG63H5Yi3TVkUbYmsnDoohS
aZ6ksKMvMC0wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgE6g9IVO+ELD1JsZBI8x+IesI/qjOZP81
Jn1Wr3QWtDcCIBNW5bpU1kZlX22wp5kj3+M66ob/2hVmSHhx64bcqPSP
-----END CERTIFICATE-----
`;

export const certificateKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHIe8lmh2e1OYZSpsqp6TYxgPAsHlifKBcc2plLYSwXqoAoGCCqGSM49
AwEHoUQDQgAEeKWw8MZD/wmJZEknZgp3fOAKOrchlKGkAkhHT09l8Dvkfqy+OVN+
KDwTwNG63H5Yi3TVkUbYmsnDoohSaZ6ksA==
-----END EC PRIVATE KEY-----
`;
