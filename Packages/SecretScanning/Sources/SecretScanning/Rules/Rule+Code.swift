extension Rule {
    /// Code hosts, registries and the tools of developers.
    static let furtherCode: [Rule] = [
        Rule(
            "github-fine-grained-token", "GitHub Fine-Grained Token", .further, .critical, .high,
            .flat("github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"), fixedPrefix: true,
            finds: ["github_pat_⟨a22⟩_⟨a59⟩"], passes: ["github_pat_⟨a22⟩"]),
        Rule(
            "github-stateless-token", "GitHub Token", .further, .critical, .high,
            .flat("ghs_[0-9]{1,12}_eyJ[A-Za-z0-9_-]{10,2048}.[A-Za-z0-9_-]{4,4096}.[A-Za-z0-9_-]{4,2048}"), fixedPrefix: true,
            finds: ["ghs_⟨d6⟩_⟨jwt⟩"], passes: ["ghs_⟨d6⟩_eyJabc"]),
        Rule(
            "gitlab-routable-token", "GitLab Token", .further, .critical, .high,
            .flat(
                "(glpat|gldt|glft|glrt|glcbt|glrtr|glffct|glsoat|glptt)-[A-Za-z0-9_-]{27,300}.[a-z0-9]{9}",
                "(glpat|gldt|glft|glrt|glcbt|glrtr|glffct|glsoat|glptt)-[A-Za-z0-9_-]{27,300}.[a-z0-9]{2}.[a-z0-9]{7,9}",
                after: .alnum),
            checks: [.gitLabRoutable],
            fixedPrefix: true,
            finds: ["glpat-⟨a27⟩.01⟨n7⟩", "glrt-⟨a30⟩.01.⟨n7⟩", "glpat-⟨a27⟩.01.0r⟨n7⟩"], passes: ["glpat-⟨a10⟩.01⟨n7⟩"]),
        Rule(
            "bitbucket-token", "Bitbucket Token", .further, .critical, .high,
            .flat("ATBB[A-Za-z0-9]{28,40}", "ATCTT3[A-Za-z0-9_-]{100,250}=[A-F0-9]{8}"), fixedPrefix: true,
            finds: ["ATBB⟨a32⟩"], passes: ["ATBB⟨a20⟩"]),
        Rule(
            "gatehouse-key", "Gatehouse API Key", .further, .critical, .high, .flat("gth_[A-Za-z0-9]{46}", after: .alnum),
            fixedPrefix: true, finds: ["gth_⟨a46⟩", "-H 'X-API-Key: gth_⟨a46⟩'"],
            passes: ["gth_⟨a30⟩", "gth_⟨a47⟩", "length_⟨a46⟩"]),
        Rule(
            "npm-token", "npm Access Token", .further, .critical, .high, .flat("npm_[A-Za-z0-9]{36}", after: .alnum),
            checks: [.crc32Base62(prefix: 4, length: 36)], fixedPrefix: true,
            finds: ["npm_⟨crc36⟩", "NPM_TOKEN=npm_⟨a36⟩"], passes: ["npm_⟨a30⟩", "npm_config_registry"]),
        Rule(
            "crates-token", "crates.io Token", .further, .high, .medium, .flat("cio[A-Za-z0-9]{32}", after: .word),
            checks: [.digit, .entropy(3.5)], fixedPrefix: true,
            finds: ["token = cio⟨a32⟩"], passes: ["cio⟨a20⟩", "decio⟨a32⟩"]),
        Rule(
            "rubygems-key", "RubyGems API Key", .further, .high, .high, .flat("rubygems_[a-f0-9]{48}"), fixedPrefix: true,
            finds: ["rubygems_⟨h48⟩"], passes: ["rubygems_⟨h40⟩"]),
        Rule(
            "nuget-key", "NuGet API Key", .further, .high, .medium, .flat("oy2[a-z0-9]{43}", after: .word), fixedPrefix: true,
            finds: ["oy2⟨n43⟩"], passes: ["oy2⟨n30⟩"]),
        Rule(
            "clojars-token", "Clojars Token", .further, .high, .high, .flat("CLOJARS_[A-Za-z0-9]{60}"), fixedPrefix: true,
            finds: ["CLOJARS_⟨a60⟩"], passes: ["CLOJARS_⟨a20⟩"]),
        Rule(
            "docker-hub-token", "Docker Hub Token", .further, .critical, .high,
            .flat("dckr_pat_[A-Za-z0-9_-]{27,64}", "dckr_oat_[A-Za-z0-9_-]{32,64}"), fixedPrefix: true,
            finds: ["dckr_pat_⟨t27⟩", "dckr_oat_⟨t32⟩"], passes: ["dckr_pat_⟨t20⟩"]),
        Rule(
            "postman-key", "Postman API Key", .further, .high, .high, .flat("PMAK-[a-f0-9]{24}-[a-f0-9]{34}"), fixedPrefix: true,
            finds: ["PMAK-⟨h24⟩-⟨h34⟩"], passes: ["PMAK-⟨h24⟩"]),
        Rule(
            "sentry-token", "Sentry Token", .further, .high, .high,
            .flat("sntrys_eyJ[A-Za-z0-9+/=]{20,512}_[A-Za-z0-9+/]{43}", "sntryu_[a-f0-9]{64}"), fixedPrefix: true,
            finds: ["sntryu_⟨h64⟩", "sntrys_eyJ⟨a60⟩_⟨a43⟩"], passes: ["sntryu_⟨h60⟩"]),
        Rule(
            "new-relic-key", "New Relic Key", .further, .high, .high,
            .flat("NRAK-[A-Z0-9]{27}", "NRJS-[a-f0-9]{19}", "NRII-[A-Za-z0-9-]{32}"), fixedPrefix: true,
            finds: ["NRAK-⟨U27⟩"], passes: ["NRAK-⟨U20⟩"]),
        Rule(
            "grafana-token", "Grafana Token", .further, .high, .high,
            .flat("glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"), checks: [.grafanaCRC], fixedPrefix: true,
            finds: ["glsa_⟨a32⟩_⟨h8⟩"], passes: ["glsa_⟨a32⟩"]),
        Rule(
            "grafana-cloud-token", "Grafana Token", .further, .high, .high, .flat("glc_eyJ[A-Za-z0-9+/]{32,400}"),
            checks: [.base64JSON(prefix: 4)], fixedPrefix: true,
            finds: ["glc_⟨64:{\"o\":\"12\",\"n\":\"reader-of-all\",\"k\":\"0123456789012\"}⟩"], passes: ["glc_eyJ⟨b60⟩"]),
        Rule(
            "grafana-old-key", "Grafana Token", .further, .high, .high, .flat("eyJrIjoi[A-Za-z0-9+/]{60,400}", after: .dot),
            checks: [.base64JSON(prefix: 0)], fixedPrefix: true,
            finds: ["⟨64:{\"k\":\"q8ZxW2r5Ty7Pn1LdS4vB6mKc3JhG0fQa\",\"n\":\"reader\",\"id\":1}⟩"], passes: ["eyJrIjoi⟨a80⟩"]),
        Rule(
            "artifactory-reference-token", "Artifactory Reference Token", .further, .high, .high,
            .flat("cmVmd[A-Za-z0-9]{59}", after: .alnum), fixedPrefix: true,
            finds: ["cmVmd⟨a59⟩"], passes: ["cmVmd⟨a30⟩"]),
        Rule(
            "circleci-token", "CircleCI Token", .further, .high, .high, .flat("CCIPAT_[A-Za-z0-9]{22}_[a-f0-9]{40}"),
            fixedPrefix: true,
            finds: ["CCIPAT_⟨a22⟩_⟨h40⟩"], passes: ["CCIPAT_⟨a22⟩"]),
    ]
}
