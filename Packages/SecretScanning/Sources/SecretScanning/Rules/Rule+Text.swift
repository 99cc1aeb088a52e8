extension Rule {
    /// What is known by its surroundings rather than by a prefix.
    static let furtherText: [Rule] = [
        Rule(
            "encrypted-private-key", "Encrypted Private Key", .further, .medium, .high, .detector(.encryptedPrivateKey),
            finds: ["-----BEGIN ENCRYPTED PRIVATE⟨⟩ KEY-----\n⟨b64⟩\n⟨b64⟩\n-----END ENCRYPTED PRIVATE⟨⟩ KEY-----"],
            passes: ["ENCRYPTED PRIVATE⟨⟩ KEY"]),
        Rule(
            "wireguard-key", "WireGuard Private Key", .further, .high, .high,
            .flat("PrivateKey = <[A-Za-z0-9+/]{43}=>", before: .alnum), fixedPrefix: true,
            finds: ["PrivateKey = ⟨b43⟩="], passes: ["PublicKey = ⟨b43⟩="]),
        Rule(
            "database-url", "Database URL Password", .further, .high, .medium, .detector(.databaseURL),
            finds: [
                "postgres://app:s3cr⟨⟩et@db.corp/x", "mongodb+srv://u:p4ss⟨⟩w@c.mongodb.net",
                "redis://:hunt⟨⟩er2@cache.corp:6379",
            ], passes: ["postgres://localhost/db", "postgres://app:$PASS@db", "https://a:bc1@x"]),
        Rule(
            "authorization-header", "Authorization Header", .further, .high, .medium, .detector(.authorizationHeader),
            finds: ["Authorization: Bearer ⟨a40⟩", "authorization: Basic ⟨64:user:pass12⟩", "X-API-Key: ⟨a32⟩"],
            passes: ["Authorization: Bearer token", "Authorization: Bearer <token>", "Bearer abcdef"]),
        Rule(
            "session-cookie", "Session Cookie", .further, .medium, .medium, .detector(.cookieHeader),
            finds: ["Cookie: a=b; session=⟨a32⟩"], passes: ["Cookie: session=1", "Cookie: a=⟨a32⟩"]),
        Rule(
            "registry-auth", "Container Registry Credentials", .further, .high, .medium, .detector(.dockerAuth),
            finds: ["\"auth\": \"⟨64:user:passw0rd⟩\""], passes: ["\"auth\": \"none\"", "\"auth\": \"⟨64:userpassw0rd⟩\""]),
        Rule(
            "product-secret", "Product Secret", .further, .high, .medium, .detector(.contextual),
            finds: [
                "MAILGUN_KEY=key-⟨h32⟩", "DATADOG_API_KEY=⟨h32⟩", "heroku_key: ⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩", "VAULT_TOKEN=s.⟨a24⟩",
                "machine api.corp login bob password s3cr⟨⟩et9",
            ], passes: ["DATADOG_SITE=datadoghq.eu", "vault token", "machine learning is fun"]),
        Rule(
            "secret-assignment", "Secret Keyword", .further, .medium, .medium, .detector(.secretAssignment),
            finds: ["password := \"hunt⟨⟩er2\""], passes: ["password = \"hunt⟨⟩er2\"", "password := get(\"x1\")"]),
        Rule(
            "generic-secret", "Generic Secret", .generic, .medium, .low, .detector(.generic),
            finds: ["my_token = ⟨a20⟩9", "auth_token: k3y⟨a24⟩", "password: Xq9⟨a16⟩"],
            passes: [
                "password: hunter2", "public_key = ⟨a32⟩", "token_count = 1234567890123", "key = some_function(arg1)",
                "author: x1234567890",
                "secret: ⟨l20⟩",
            ]),
    ]
}
