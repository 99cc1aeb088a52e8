extension Rule {
    /// The 27 detectors of the older system, by its type names.
    static let compatible: [Rule] = [
        Rule(
            "artifactory-credentials", "Artifactory Credentials", .compatible, .high, .medium, .detector(.artifactory),
            finds: ["token=AKCp8⟨a69⟩", "AP6⟨a20⟩ is it"], passes: ["AKCshort", "xAKC⟨a20⟩", "an APPLICATION of it"]),
        Rule(
            "aws-access-key", "AWS Access Key", .compatible, .high, .high,
            .flat("(ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}", "A3T[A-Z0-9]{17}", before: []), checks: [.base32Tail(prefix: 4)],
            finds: ["AKIA⟨u16⟩", "key: ASIA⟨u16⟩."], passes: ["AKIA⟨u12⟩", "akia⟨n16⟩"]),
        Rule(
            "aws-secret-quoted", "AWS Access Key", .compatible, .critical, .high, .detector(.awsSecret),
            finds: ["aws_secret_access_key = \"⟨b40⟩\""],
            passes: ["aws_secret_access_key = \"⟨b39⟩\"", "laws of keys are \"⟨b20⟩\""]),
        Rule(
            "azure-storage-key", "Azure Storage Account access key", .compatible, .critical, .high,
            .flat("AccountKey=<[A-Za-z0-9+/]{86}==>", before: []),
            finds: ["AccountName=a;AccountKey=⟨b86⟩==;x"], passes: ["AccountKey=⟨b40⟩"]),
        Rule(
            "basic-auth", "Basic Auth Credentials", .compatible, .high, .medium, .detector(.basicAuth),
            finds: ["https://user:s3cr⟨⟩et@host/x", "x://u:pw⟨⟩1@h"],
            passes: ["https://host:8080/@x", "http://user:<pass>@host", "https://user@host", "postgres://u:p@h/db"]),
        Rule(
            "cloudant-credentials", "Cloudant Credentials", .compatible, .high, .medium, .detector(.cloudant),
            finds: ["cloudant_password = \"⟨h64⟩\"", "cl_key: ⟨l24⟩"],
            passes: ["cloudant_password = \"⟨h60⟩\"", "acl_key: ⟨l24⟩"]),
        Rule(
            "cloudant-url", "Cloudant Credentials", .compatible, .high, .high,
            .flat("://[A-Za-z0-9-_]{1,64}:<[a-z0-9]{24,64}>@[A-Za-z0-9-_.]{1,128}.cloudant.com", before: []),
            finds: ["https://me:⟨h64⟩@me.cloudant.com"], passes: ["https://me.cloudant.com"]),
        Rule(
            "discord-bot-token", "Discord Bot Token", .compatible, .high, .high, .detector(.discord), checks: [.discordID],
            finds: ["M⟨t23⟩.⟨t6⟩.⟨t27⟩"], passes: ["P⟨h23⟩.⟨t6⟩.⟨t27⟩", "M⟨t23⟩.⟨t6⟩.⟨t20⟩"]),
        Rule(
            "github-token", "GitHub Token", .compatible, .critical, .high,
            .flat("(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36,255}", before: []),
            checks: [.crc32Base62(prefix: 4, length: 36)],
            finds: ["ghp_⟨crc36⟩", "t=ghs_⟨a36⟩"], passes: ["ghp_⟨a30⟩", "ghx_⟨a36⟩"]),
        Rule(
            "gitlab-token", "GitLab Token", .compatible, .critical, .high,
            .flat(
                "(glpat|gldt|glft|glsoat|glrt)-[A-Za-z0-9_-]{20,50}", "GR1348941[A-Za-z0-9_-]{20,50}",
                "glcbt-[A-Za-z0-9_-]{20,50}",
                "glimt-[A-Za-z0-9_-]{25}", "glptt-[A-Za-z0-9_-]{40}", "glagent-[A-Za-z0-9_-]{50,1024}", "gloas-[A-Za-z0-9_-]{64}",
                before: [],
                after: .word),
            finds: ["glpat-⟨t20⟩", "GR1348941⟨t20⟩", "glptt-⟨h40⟩"], passes: ["glpat-⟨t10⟩", "glptt-⟨h50⟩"]),
        Rule(
            "base64-entropy", "Base64 High Entropy String", .compatible, .low, .low, .detector(.base64Entropy),
            finds: ["x = \"⟨b60⟩\""], passes: ["x = ⟨b60⟩", "x = \"aaaaaaaaaaaaaaaaaaaaaaaa\""]),
        Rule(
            "hex-entropy", "Hex High Entropy String", .compatible, .low, .low, .detector(.hexEntropy),
            finds: ["x = \"⟨h40⟩\"", "'⟨h64⟩'"], passes: ["⟨h40⟩", "\"⟨d20⟩\"", "id = \"⟨h40⟩\""]),
        Rule(
            "ibm-cloud-iam-key", "IBM Cloud IAM Key", .compatible, .high, .medium, .detector(.ibmIAM),
            finds: ["ibm_cloud_api_key = ⟨t44⟩", "key: ⟨a44⟩"], passes: ["monkey: ⟨a44⟩", "key: ⟨a40⟩"]),
        Rule(
            "ibm-cos-hmac", "IBM COS HMAC Credentials", .compatible, .high, .medium, .detector(.ibmCOS),
            finds: ["cos_hmac_secret_access_key = ⟨h48⟩"], passes: ["access_key = ⟨h48⟩"]),
        Rule(
            "json-web-token", "JSON Web Token", .compatible, .high, .medium,
            .flat(
                "eyJ[A-Za-z0-9-_]{4,4096}.[A-Za-z0-9-_]{4,8192}.[A-Za-z0-9-_]{1,2048}",
                "eyJ[A-Za-z0-9-_]{4,4096}.eyJ[A-Za-z0-9-_]{1,8192}",
                before: .token, leeway: 8), checks: [.jsonWebToken],
            finds: ["⟨jwt⟩", "Bearer ⟨jwt⟩"], passes: ["eyJabc.def.ghi", "eyJ⟨t20⟩"]),
        Rule(
            "mailchimp-key", "Mailchimp Access Key", .compatible, .medium, .high, .flat("[a-z0-9]{32}-us[0-9]{1,2}", before: []),
            checks: [.hexHead(count: 32)],
            finds: ["⟨h32⟩-us12"], passes: ["⟨h31⟩-us12", "⟨h32⟩-eu1"]),
        Rule(
            "npm-config-token", "NPM tokens", .compatible, .critical, .high,
            .flat("/:_authToken=<npm_[A-Za-z0-9_]{1,255}>", "/:_authToken=<[A-Fa-f0-9-]{36}>", before: []),
            finds: ["//registry.npmjs.org/:_authToken=npm_⟨a36⟩"], passes: ["//registry.npmjs.org/:_authToken=${NPM_TOKEN}"]),
        Rule(
            "openai-token", "OpenAI Token", .compatible, .critical, .high,
            .flat("sk-[A-Za-z0-9_-]{0,200}[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9_-]{20,128}", before: []),
            finds: ["sk-⟨a20⟩T3⟨⟩BlbkFJ⟨a20⟩", "sk-proj-⟨a30⟩T3⟨⟩BlbkFJ⟨a30⟩"], passes: ["sk-⟨a48⟩"]),
        Rule(
            "private-key", "Private Key", .compatible, .critical, .high, .detector(.privateKey),
            finds: [
                "-----BEGIN RSA PRIVATE⟨⟩ KEY-----\n⟨b64⟩\n⟨b64⟩\n-----END RSA PRIVATE⟨⟩ KEY-----",
                "-----BEGIN PRIVATE⟨⟩ KEY-----",
                "-----BEGIN OPENSSH PRIVATE⟨⟩ KEY-----\\n⟨b64⟩\\n-----END OPENSSH PRIVATE⟨⟩ KEY-----",
                "PuTTY-User-Key-⟨⟩File-2: ssh-rsa", "-----BEGIN PGP PRIVATE⟨⟩ KEY BLOCK-----",
            ], passes: ["a private key is a secret", "-----BEGIN PUBLIC KEY-----", "BEGINNER PRIVATE KEY"]),
        Rule(
            "pypi-token", "PyPI Token", .compatible, .critical, .high,
            .flat("pypi-(AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[A-Za-z0-9-_]{70,1024}", before: []),
            checks: [.macaroon(prefix: 5)],
            finds: ["pypi-AgEIcHl⟨⟩waS5vcmc⟨t70⟩"], passes: ["pypi-AgEIcHl⟨⟩waS5vcmc⟨t60⟩"]),
        Rule(
            "secret-keyword", "Secret Keyword", .compatible, .medium, .medium, .detector(.secretKeyword),
            finds: [
                "password = \"hunt⟨⟩er2\"", "{\"password\": \"hunt⟨⟩er22\"}", "DB_PASSWORD=\"s3cr⟨⟩3t!\"", "secretKey = 'x⟨a10⟩'",
                "if \"hunt⟨⟩er2\" == password:", "api_key = `ab⟨⟩c1`", "password \"hunt⟨⟩er2\";",
            ],
            passes: [
                "password=hunter2", "password: hunter2", "os.environ[\"DB_PASSWORD\"]", "password = \"<your-password>\"",
                "password = \"${VAR}\"", "the password is \"x\" here", "setSecret(\"abc1\")", "x[\"password\"](\"abc1\")",
                "secret = \"abcdef\"",
            ]),
        Rule(
            "sendgrid-key", "SendGrid API Key", .compatible, .high, .high,
            .flat("SG.[A-Za-z0-9_-]{22}.[A-Za-z0-9_-]{43}", before: []),
            finds: ["SG.⟨t22⟩.⟨t43⟩"], passes: ["SG.⟨t20⟩.⟨t43⟩"]),
        Rule(
            "slack-token", "Slack Token", .compatible, .critical, .high, .detector(.slackToken),
            finds: ["xox⟨⟩b-⟨d12⟩-⟨d12⟩-⟨n24⟩", "xox⟨⟩p-⟨d10⟩-⟨n20⟩"], passes: ["xox⟨⟩b-abc", "xoxz-⟨d10⟩-⟨n20⟩"]),
        Rule(
            "slack-webhook", "Slack Token", .compatible, .high, .high,
            .flat("hooks.slack.com/services/T[A-Za-z0-9_]{1,24}/B[A-Za-z0-9_]{1,24}/[A-Za-z0-9_]{1,48}", before: []),
            finds: ["https://hooks.slack⟨⟩.com/services/T⟨U8⟩/B⟨U8⟩/⟨a24⟩"], passes: ["https://hooks.slack⟨⟩.com/services/"]),
        Rule(
            "softlayer-credentials", "SoftLayer Credentials", .compatible, .high, .medium, .detector(.softLayer),
            finds: ["softlayer_api_key = ⟨n64⟩", "sl_token: \"⟨n64⟩\""], passes: ["sl_token: \"⟨n60⟩\""]),
        Rule(
            "softlayer-url", "SoftLayer Credentials", .compatible, .high, .high,
            .flat(
                "api.softlayer.com/soap/v3/<[a-z0-9]{64}>", "api.softlayer.com/soap/v3.1/<[a-z0-9]{64}>", before: []),
            finds: ["https://api.softlayer.com/soap/v3/⟨n64⟩"], passes: ["https://api.softlayer.com/soap/v3/x"]),
        Rule(
            "square-oauth-secret", "Square OAuth Secret", .compatible, .high, .high,
            .flat("sq0csp-[A-Za-z0-9_-]{43}", before: []),
            finds: ["sq0csp-⟨t43⟩"], passes: ["sq0csp-⟨t40⟩"]),
        Rule(
            "stripe-key", "Stripe Access Key", .compatible, .critical, .high,
            .flat("(sk|rk)_live_[A-Za-z0-9]{24,255}", before: []),
            finds: ["sk_live⟨⟩_⟨a24⟩", "rk_live⟨⟩_⟨a99⟩"], passes: ["sk_live⟨⟩_⟨a20⟩", "pk_live_⟨a24⟩"]),
        Rule(
            "telegram-bot-token", "Telegram Bot Token", .compatible, .high, .high, .detector(.telegram),
            finds: ["⟨d9⟩:AA⟨t33⟩"], passes: ["⟨d6⟩:AA⟨t33⟩", "12:30:45"]),
        Rule(
            "twilio-key", "Twilio API Key", .compatible, .high, .medium, .flat("(AC|SK)[a-z0-9]{32}", before: []),
            checks: [.hexTail(prefix: 2), .namePrefix(Array("AC".utf8))], finds: ["SK⟨h32⟩", "AC⟨h32⟩"],
            passes: ["SK⟨h31⟩", "sk⟨h32⟩"]),
    ]
}
