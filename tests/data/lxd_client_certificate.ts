/**
 * A client certificate that nobody but a test daemon trusts, for a hundred years
 * from 2026. It opens nothing.
 *
 * @module
 */

/** Certificate and key, PEM. */
export const clientCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUUXB4p2b1RGbYkXO3JZvLdMd/4vswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbHJvIHRlc3RzMCAXDTI2MTEyMzAzMzkxNVoYDzIxMjYxMDMw
MDMzOTE1WjAUMRIwEAYDVQQDDAlscm8gdGVzdHMwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARQESIshGeNo/EthcmFCWQ8M6Iw84ftCbQCD7HS/bZOhr9lUK9oYvkx
k0ttWNk558S5t0oBS81/x9maDJKJf5oIo1MwUTAdBgNVHQ4EFgQUufgcUQbyiouI
3GLktNlDti0QBRwwHwYDVR0jBBgwFoAUufgcUQbyiouI3GLktNlDti0QBRwwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB5UitjxX5gRn/grNn+F8lD
ETOSU//fhrmMU4coOYy0MwIgOigJUOgT7Bma9twBF2rtB7IAw8d/KwcAWmx/ZosW
j7A=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/f+MnxAXLbJJ9nOS
JZ/dI/2gaDu4CyFtwNcTm6EJtdmhRANCAARQESIshGeNo/EthcmFCWQ8M6Iw84ft
CbQCD7HS/bZOhr9lUK9oYvkxk0ttWNk558S5t0oBS81/x9maDJKJf5oI
-----END PRIVATE KEY-----
`,
};
