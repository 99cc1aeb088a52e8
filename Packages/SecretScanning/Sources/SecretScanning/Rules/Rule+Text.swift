extension Rule {
    /// What is known by its surroundings rather than by a prefix.
    static let furtherText: [Rule] = [
        Rule(
            "encrypted-private-key", "Encrypted Private Key", .further, .medium, .high, .detector(.encryptedPrivateKey),
            finds: ["-----BEGIN ENCRYPTED PRIVATE⟨⟩ KEY-----\n⟨b64⟩\n⟨b64⟩\n-----END ENCRYPTED PRIVATE⟨⟩ KEY-----"],
            passes: ["ENCRYPTED PRIVATE⟨⟩ KEY"]),
        Rule(
            "wireguard-key", "WireGuard Private Key", .further, .high, .high,
            .flat("PrivateKey = <[A-Za-z0-9+/]{43}=>", "PrivateKey=<[A-Za-z0-9+/]{43}=>", before: .alnum), fixedPrefix: true,
            finds: ["PrivateKey = ⟨b43⟩="], passes: ["PublicKey = ⟨b43⟩="]),
        Rule(
            "database-url", "Database URL Password", .further, .high, .medium, .detector(.databaseURL),
            finds: [
                "postgres://app:s3c@r⟨⟩et@db.corp/x", "mongodb+srv://u:p4?ss⟨⟩w@c.mongodb.net",
                "redis://:hunt⟨⟩er2@cache.corp:6379", "jdbc:mysql://db.corp/x?user=app&password=s3cr⟨⟩et9",
                "Server=db.corp;User Id=app;Password=s3cr⟨⟩et9;",
            ], passes: ["http://x/?password=hunt⟨⟩er22", "postgres://localhost/db", "postgres://app:$PASS@db", "https://a:bc1@x"]),
        Rule(
            "authorization-header", "Authorization Header", .further, .high, .medium, .detector(.authorizationHeader),
            finds: ["Authorization: Bearer ⟨a40⟩", "authorization: Basic ⟨64:user:pass12⟩", "X-API-Key: ⟨a32⟩"],
            passes: ["Authorization: Bearer token", "Authorization: Bearer <token>", "Bearer abcdef"]),
        Rule(
            "session-cookie", "Session Cookie", .further, .medium, .medium, .detector(.cookieHeader),
            finds: ["Cookie: a=b; session=⟨a32⟩"], passes: ["Cookie: session=1", "Cookie: a=⟨a32⟩"]),
        Rule(
            "registry-auth", "Container Registry Credentials", .further, .high, .medium, .detector(.dockerAuth),
            finds: ["\"auth\": \"⟨64:user:passw0rd⟩\"", "//r.corp/:_auth=⟨64:user:passw0rd⟩"],
            passes: ["\"auth\": \"none\"", "\"auth\": \"⟨64:userpassw0rd⟩\""]),
        Rule(
            "product-secret", "Product Secret", .further, .high, .medium, .detector(.contextual),
            finds: [
                "MAILGUN_KEY=key-⟨h32⟩", "DATADOG_API_KEY=⟨h32⟩", "heroku_key: ⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩", "VAULT_TOKEN=s.⟨a24⟩",
                "ASANA_TOKEN=1/⟨d16⟩:⟨h32⟩", "asana: 2/⟨d16⟩/⟨d16⟩:⟨h32⟩",
                "machine api.corp login bob password s3cr⟨⟩et9",
            ], passes: ["DATADOG_SITE=datadoghq.eu", "vault token", "machine learning is fun"]),
        Rule(
            "curl-user", "Command Line Password", .further, .high, .medium, .detector(.curlUser),
            finds: ["curl -u bob:s3cr⟨⟩et9 https://x.corp", "curl -s --user 'bob:s3cr⟨⟩et9' https://x.corp"],
            passes: ["curl -u bob https://x.corp", "curl -u $USER:$PASS https://x.corp", "curl https://x.corp:8080"]),
        Rule(
            "kubernetes-secret", "Kubernetes Secret", .further, .high, .medium, .detector(.kubernetesSecret),
            finds: [
                "apiVersion: v1\nkind: Secret\ndata:\n  pass: ⟨64:s3cret9x7⟩\n", "data:\n  a: ⟨64:s3cret⟩\nkind: Secret\n",
                "- kind: Secret\n  stringData:\n    token: s3cr⟨⟩et9\n",
                "{\"kind\": \"Secret\", \"data\": {\"a\": \"⟨64:s3cret⟩\"}}",
            ],
            passes: [
                "kind: ConfigMap\ndata:\n  a: ⟨64:s3cret⟩\n", "kind: SecretStore\ndata:\n  a: ⟨64:s3cret⟩\n",
                "kind: Secret\nmetadata:\n  name: abcd\n", "- kind: Secret\n- kind: ConfigMap\n  data:\n    a: ⟨64:s3cret⟩\n",
            ]),
        Rule(
            "secret-assignment", "Secret Keyword", .further, .medium, .medium, .detector(.secretAssignment),
            finds: [
                "password := \"hunt⟨⟩er2\"", "password = \"don't-⟨⟩tell\"", "secret = 'a⟨⟩b\\'cd9x'",
                "ENV DB_PASSWORD=hunt⟨⟩er22",
                "ENV DB_PASSWORD correct ⟨⟩horse 9", "ARG API_TOKEN=hunt⟨⟩er22", "x: \"${DB_PASSWORD:-hunt⟨⟩er22}\"",
                "x: \"{{ db_password | default('hunt⟨⟩er22') }}\"",
            ],
            passes: [
                "password = \"hunt⟨⟩er2\"", "password := get(\"x1\")", "ENV DB_PASSWORD=$PASS", "ENV DB_PASSWORD",
                "ENV PASSWORD_FILE /run/secrets/x", "the ENV DB_PASSWORD=hunter22", "${DB_PASSWORD:-}", "${DB_PASSWORD:-$PASS}",
            ]),
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
