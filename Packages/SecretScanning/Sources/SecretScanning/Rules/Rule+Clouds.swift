extension Rule {
    /// Clouds and hosts.
    static let furtherClouds: [Rule] = [
        Rule(
            "aws-secret-key", "AWS Secret Access Key", .further, .critical, .high, .detector(.awsSecretBare),
            finds: ["aws_secret_access_key=⟨b40⟩", "AKIA⟨u16⟩,⟨b40⟩", "id: AKIA⟨u16⟩\nkey: ⟨b40⟩"],
            passes: ["aws_secret_access_key=⟨h40⟩", "aws_secret_access_key=${SECRET}"]),
        Rule(
            "aws-bedrock-key", "AWS Bedrock Key", .further, .critical, .high,
            .flat("ABSK[A-Za-z0-9+/]{109,269}", "bedrock-api-key-YmVkcm9jay[A-Za-z0-9+/=]{20,1024}"), fixedPrefix: true,
            finds: ["ABSK⟨b109⟩", "bedrock-api-key-YmVkcm9jay⟨b40⟩"], passes: ["ABSK⟨b40⟩"]),
        Rule(
            "google-oauth-secret", "Google OAuth Client Secret", .further, .high, .high,
            .flat("GOCSPX-[A-Za-z0-9_-]{28}", after: .alnum), fixedPrefix: true,
            finds: ["GOCSPX-⟨t28⟩"], passes: ["GOCSPX-⟨t20⟩"]),
        Rule(
            "google-service-account", "Google Service Account", .further, .critical, .high, .detector(.serviceAccount),
            fixedPrefix: true,
            finds: [
                """
                {"type": "service_account", "private_key": "-----BEGIN PRIVATE⟨⟩ KEY-----\\n⟨b64⟩\\n⟨b64⟩\\n-----END PRIVATE⟨⟩ KEY-----\\n", \
                "client_email": "x@y.iam.gserviceaccount.com"}
                """
            ], passes: ["{\"type\": \"service_account\", \"private_key_id\": \"⟨h40⟩\"}"]),
        Rule(
            "google-refresh-token", "Google Refresh Token", .further, .high, .high,
            .flat(
                "\"refresh_token\": \"<1//[A-Za-z0-9_-]{40,256}>\"", "\"refresh_token\":\"<1//[A-Za-z0-9_-]{40,256}>\"",
                before: []), fixedPrefix: true,
            finds: ["\"refresh_token\": \"1//⟨t60⟩\""], passes: ["\"refresh_token\": \"x\""]),
        Rule(
            "azure-client-secret", "Azure Client Secret", .further, .critical, .high,
            .flat("[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}", after: .token), fixedPrefix: true,
            finds: ["abc8Q~⟨t31⟩"], passes: ["abcdQ~⟨t31⟩"]),
        Rule(
            "azure-identifiable-key", "Azure Key", .further, .critical, .high,
            .flat(
                "[A-Za-z0-9+/]{76}(+ASt|+ABa|+AMC|ACDb|APIM)[A-Za-z0-9+/]{6}==",
                "[A-Za-z0-9+/]{33}(AIoT|+ASb|+AEh|+ARm|AzCa)[A-Za-z0-9+/]{6}=",
                "[A-Za-z0-9]{52}(JQQJ99|JQQJ9D|JQQJ9H)[A-Za-z0-9]{26}",
                "[A-Za-z0-9]{52}(JQQJ99|JQQJ9D|JQQJ9H)[A-Za-z0-9]{28}==", "[A-Za-z0-9]{42}AzSe[A-Za-z0-9]{6}",
                "[A-Za-z0-9+/]{42}+ACR[A-Za-z0-9+/]{6}", "[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{6}==",
                before: [.alnum, .plusOrSlash], after: [.alnum, .equals]), fixedPrefix: true,
            finds: [
                "⟨b76⟩+ASt⟨b6⟩==", "⟨a52⟩JQQJ99⟨a26⟩", "⟨a42⟩AzSe⟨a6⟩", "⟨b33⟩+ASb⟨b6⟩=", "⟨b33⟩AIoT⟨b6⟩=", "⟨b42⟩+ACR⟨b6⟩",
            ], passes: ["⟨b40⟩+ASt⟨b6⟩=="]),
        Rule(
            "azure-connection-string", "Azure Connection String", .further, .critical, .high, .detector(.connectionString),
            finds: [
                "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=⟨b43⟩=",
                "Endpoint=https://x.azconfig.io;Id=a;Secret=⟨b43⟩=",
            ], passes: ["SharedAccessKey=⟨b43⟩="]),
        Rule(
            "azure-sas-url", "Azure Shared Access Signature", .further, .high, .high, .detector(.sasURL),
            finds: ["https://a.blob.core.windows.net/c?sv=2022-11-02&se=2030&sig=⟨a43⟩%3D"], passes: ["https://x/?sig=⟨a43⟩%3D"]),
        Rule(
            "digitalocean-token", "DigitalOcean Token", .further, .critical, .high, .flat("(dop|doo|dor)_v1_[a-f0-9]{64}"),
            fixedPrefix: true,
            finds: ["dop_v1_⟨h64⟩"], passes: ["dop_v1_⟨h60⟩"]),
        Rule(
            "vault-token", "Vault Token", .further, .critical, .high,
            .flat("hvs.[A-Za-z0-9_-]{90,120}", "hvb.[A-Za-z0-9_-]{138,300}"), fixedPrefix: true,
            finds: ["hvs.⟨t95⟩", "hvb.⟨t140⟩"], passes: ["hvs.⟨t40⟩"]),
        Rule(
            "terraform-token", "Terraform Cloud Token", .further, .critical, .high,
            .flat("[A-Za-z0-9]{14}.atlasv1.[A-Za-z0-9_=-]{60,70}"), fixedPrefix: true,
            finds: ["⟨a14⟩.atlasv1.⟨t66⟩"], passes: ["⟨a10⟩.atlasv1.⟨t66⟩"]),
        Rule(
            "pulumi-token", "Pulumi Token", .further, .high, .high, .flat("pul-[a-f0-9]{40}"), fixedPrefix: true,
            finds: ["pul-⟨h40⟩"], passes: ["pul-⟨h30⟩"]),
        Rule(
            "doppler-token", "Doppler Token", .further, .high, .high,
            .flat("dp.(pt|st|ct|sa|scim|audit).[A-Za-z0-9]{40,44}", "dp.st.[a-z0-9_-]{2,35}.[A-Za-z0-9]{40,44}"),
            fixedPrefix: true,
            finds: ["dp.pt.⟨a43⟩", "dp.st.dev.⟨a40⟩"], passes: ["dp.pt.⟨a30⟩"]),
        Rule(
            "prefect-key", "Prefect API Key", .further, .high, .high, .flat("(pnu|pnb)_[A-Za-z0-9]{36}"), fixedPrefix: true,
            finds: ["pnu_⟨n36⟩"], passes: ["pnu_⟨n30⟩"]),
        Rule(
            "databricks-token", "Databricks Token", .further, .high, .high, .flat("dapi[a-f0-9]{32}", after: .alnum),
            fixedPrefix: true,
            finds: ["dapi⟨h32⟩", "dapi⟨h32⟩-2"], passes: ["dapi⟨h30⟩"]),
        Rule(
            "fly-token", "Fly.io Token", .further, .high, .high,
            .flat("fo1_[A-Za-z0-9_-]{43}", "(fm1r|fm1a|fm2)_[A-Za-z0-9+/=_-]{100,1024}"), fixedPrefix: true,
            finds: ["fo1_⟨t43⟩", "fm2_⟨b120⟩"], passes: ["fo1_⟨t30⟩"]),
        Rule(
            "heroku-key", "Heroku API Key", .further, .high, .high, .flat("HRKU-AA[A-Za-z0-9_-]{58}"), fixedPrefix: true,
            finds: ["HRKU-AA⟨t58⟩"], passes: ["HRKU-AA⟨t20⟩"]),
        Rule(
            "vercel-token", "Vercel Token", .further, .high, .high, .flat("(vcp|vca|vci|vck|vcr)_[A-Za-z0-9]{56}"),
            fixedPrefix: true,
            finds: ["vcp_⟨a56⟩"], passes: ["vcp_⟨a40⟩"]),
        Rule(
            "netlify-token", "Netlify Token", .further, .high, .high, .flat("(nfp|nfc|nfo|nfu|nfb)_[A-Za-z0-9]{36}"),
            fixedPrefix: true,
            finds: ["nfp_⟨a36⟩"], passes: ["nfp_⟨a20⟩"]),
        Rule(
            "supabase-key", "Supabase Key", .further, .high, .high, .flat("sbp_[a-f0-9]{40}", "sb_secret_[A-Za-z0-9_-]{31}"),
            fixedPrefix: true,
            finds: ["sbp_⟨h40⟩", "sb_secret_⟨t31⟩"], passes: ["sbp_⟨h30⟩"]),
        Rule(
            "neon-key", "Neon API Key", .further, .high, .high, .flat("napi_[a-z0-9]{60,70}"), fixedPrefix: true,
            finds: ["napi_⟨n64⟩"], passes: ["napi_⟨n30⟩", "napi_create_function"]),
        Rule(
            "planetscale-token", "PlanetScale Token", .further, .high, .high,
            .flat("pscale_(tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}"), fixedPrefix: true,
            finds: ["pscale_pw_⟨t43⟩"], passes: ["pscale_pw_⟨t20⟩"]),
    ]
}
