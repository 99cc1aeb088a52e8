extension Rule {
    /// Payment, messages, work tools, and keys of single programs.
    static let furtherServices: [Rule] = [
        Rule(
            "atlassian-token", "Atlassian API Token", .further, .critical, .high, .flat("ATATT3[A-Za-z0-9_=-]{160,220}"),
            checks: [.atlassianCRC],
            fixedPrefix: true,
            finds: ["ATATT3⟨t186⟩=⟨H8⟩"], passes: ["ATATT3⟨t40⟩"]),
        Rule(
            "slack-app-token", "Slack Token", .further, .critical, .high,
            .flat(
                "xapp-[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[a-f0-9]{32,80}", "xoxe.xoxb-[0-9]-[A-Za-z0-9]{100,200}",
                "xoxe.xoxp-[0-9]-[A-Za-z0-9]{100,200}", "xoxe-[0-9]-[A-Za-z0-9]{100,200}", "(xoxc|xoxd)-[A-Za-z0-9%+/=-]{20,255}"),
            fixedPrefix: true,
            finds: ["xapp-1-A⟨U10⟩-⟨d13⟩-⟨h64⟩", "xoxe-1-⟨a146⟩"], passes: ["xapp-1-A"]),
        Rule(
            "slack-workflow-webhook", "Slack Token", .further, .high, .high,
            .flat("hooks.slack.com/(workflows|triggers)/[A-Z0-9]{8,16}/[A-Za-z0-9/_]{16,80}", before: []), fixedPrefix: true,
            finds: ["https://hooks.slack⟨⟩.com/workflows/T⟨U9⟩/A⟨U9⟩/⟨d18⟩/⟨a24⟩"],
            passes: ["https://hooks.slack⟨⟩.com/workflows/"]),
        Rule(
            "discord-webhook", "Discord Webhook", .further, .high, .high,
            .flat("/api/webhooks/<[0-9]{17,20}/[A-Za-z0-9_-]{60,72}>", before: []), fixedPrefix: true,
            finds: ["https://discord.com/api/webhooks/⟨d18⟩/⟨t68⟩"], passes: ["https://discord.com/api/webhooks/1/x"]),
        Rule(
            "teams-webhook", "Microsoft Teams Webhook", .further, .high, .high,
            .flat(
                "webhook.office.com/webhookb2/<[a-f0-9-]{36}@[a-f0-9-]{36}/IncomingWebhook/[a-f0-9]{32}/[a-f0-9-]{36}>",
                before: []), fixedPrefix: true,
            finds: [
                "https://x.webhook.office.com/webhookb2/⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩@⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩/IncomingWebhook/⟨h32⟩/⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩"
            ], passes: ["https://x.webhook.office.com/webhookb2/"]),
        Rule(
            "zapier-webhook", "Zapier Webhook", .further, .medium, .high,
            .flat("hooks.zapier.com/hooks/catch/<[0-9]{4,10}/[a-z0-9]{6,10}>", before: []), fixedPrefix: true,
            finds: ["https://hooks.zapier.com/hooks/catch/1234567/ab⟨⟩c1def"], passes: ["https://hooks.zapier.com/hooks/catch/"]),
        Rule(
            "stripe-other-key", "Stripe Access Key", .further, .high, .high,
            .flat("(sk|rk)_prod_[A-Za-z0-9]{10,255}", "whsec_[A-Za-z0-9+/=]{32,64}"), fixedPrefix: true,
            finds: ["sk_prod⟨⟩_⟨a24⟩", "whsec_⟨a32⟩"], passes: ["whsec_⟨a10⟩"]),
        Rule(
            "stripe-test-key", "Stripe Test Key", .further, .low, .low, .flat("(sk|rk)_test_[A-Za-z0-9]{10,255}"),
            finds: ["sk_test⟨⟩_⟨a24⟩"], passes: ["pk_test_⟨a24⟩"]),
        Rule(
            "shopify-token", "Shopify Token", .further, .critical, .high, .flat("(shpat|shpca|shppa|shpss)_[A-Fa-f0-9]{32}"),
            fixedPrefix: true,
            finds: ["shpat_⟨h32⟩"], passes: ["shpat_⟨h20⟩"]),
        Rule(
            "square-access-token", "Square Access Token", .further, .critical, .high,
            .flat(
                "sq0atp-[A-Za-z0-9_-]{22,60}", "EAAA[A-Za-z0-9_-]{60}", before: [.alnum, .plusOrSlash],
                after: [.alnum, .plusOrSlash]), fixedPrefix: true,
            finds: ["sq0atp-⟨t22⟩", "EAAA⟨t60⟩"], passes: ["sq0atp-⟨t10⟩"]),
        Rule(
            "paypal-token", "PayPal Access Token", .further, .critical, .high,
            .flat("access_token$production$[a-z0-9]{13,20}$[a-f0-9]{32}"), fixedPrefix: true,
            finds: ["access_token$production$⟨n16⟩$⟨h32⟩"], passes: ["access_token$sandbox$⟨n16⟩$⟨h32⟩"]),
        Rule(
            "plaid-token", "Plaid Access Token", .further, .high, .high,
            .flat("access-(production|development)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"),
            fixedPrefix: true,
            finds: ["access-production-⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩"], passes: ["access-production-⟨h8⟩"]),
        Rule(
            "plaid-sandbox-token", "Plaid Sandbox Token", .further, .low, .low,
            .flat("access-sandbox-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"),
            finds: ["access-sandbox-⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩"], passes: ["access-sandbox-⟨h8⟩"]),
        Rule(
            "linear-key", "Linear API Key", .further, .high, .high, .flat("lin_api_[A-Za-z0-9]{40}", "lin_oauth_[a-f0-9]{64}"),
            fixedPrefix: true,
            finds: ["lin_api_⟨a40⟩"], passes: ["lin_api_⟨a30⟩"]),
        Rule(
            "notion-token", "Notion Token", .further, .high, .high, .flat("ntn_[A-Za-z0-9]{46}"), fixedPrefix: true,
            finds: ["ntn_⟨a46⟩"], passes: ["ntn_⟨a30⟩"]),
        Rule(
            "notion-old-token", "Notion Token", .further, .high, .medium, .flat("secret_[A-Za-z0-9]{43}", after: .word),
            checks: [.digit, .entropy(4)], fixedPrefix: true,
            finds: ["secret_⟨a43⟩"], passes: ["secret_⟨a30⟩"]),
        Rule(
            "airtable-token", "Airtable Token", .further, .high, .high, .flat("pat[A-Za-z0-9]{14}.<[a-f0-9]{64}>"),
            fixedPrefix: true,
            finds: ["pat⟨a14⟩.⟨h64⟩"], passes: ["pat⟨a14⟩.⟨h60⟩"]),
        Rule(
            "figma-token", "Figma Token", .further, .high, .high, .flat("figd_[A-Za-z0-9_-]{38,44}"), fixedPrefix: true,
            finds: ["figd_⟨t40⟩"], passes: ["figd_⟨t20⟩"]),
        Rule(
            "brevo-key", "Brevo API Key", .further, .high, .high, .flat("xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
            fixedPrefix: true,
            finds: ["xkeysib-⟨h64⟩-⟨a16⟩"], passes: ["xkeysib-⟨h64⟩"]),
        Rule(
            "age-secret-key", "age Secret Key", .further, .critical, .high, .flat("AGE-SECRET-KEY-1[A-Z0-9]{58}"),
            checks: [.bech32], fixedPrefix: true,
            finds: ["AGE-SECRET-KEY-1⟨U58⟩"], passes: ["AGE-SECRET-KEY-1⟨U40⟩"]),
        Rule(
            "onepassword-token", "1Password Token", .further, .critical, .high,
            .flat("ops_eyJ[A-Za-z0-9+/=]{250,2048}", "A3-[A-Z0-9]{6}-[A-Z0-9]{6}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}"),
            fixedPrefix: true,
            finds: ["ops_eyJ⟨b260⟩"], passes: ["ops_eyJ⟨b100⟩"]),
        Rule(
            "encoded-private-key", "Private Key", .further, .critical, .high, .flat("LS0tLS1CRUdJTi[A-Za-z0-9+/]{100,16000}"),
            fixedPrefix: true,
            finds: ["LS0tLS1⟨⟩CRUdJTi⟨b120⟩"], passes: ["LS0tLS1⟨⟩CRUdJTi⟨b20⟩"]),
    ]
}
