/// Matchers for what a flat pattern cannot say; a rule names the one that finds it.
enum Detector: Int, Hashable, Sendable, CaseIterable {
    case secretKeyword, secretAssignment, base64Entropy, hexEntropy, basicAuth, databaseURL, cloudant, softLayer, ibmIAM, ibmCOS,
        awsSecret,
        awsSecretBare
    case discord, privateKey, encryptedPrivateKey, telegram, artifactory, slackToken, generic
    case authorizationHeader, cookieHeader, connectionString, sasURL, dockerAuth, contextual
    case kubernetesSecret, serviceAccount, curlUser
    case email, card, iban, ssn, itin, phone, routingNumber, ipAddress, ipv6, mac, wallet
}

/// Where detectors are tried: the keywords of the automaton that belong to no flat pattern.
enum Probe: Int, Hashable, Sendable, CaseIterable {
    case secretWord, assignmentWord, quote, url, aws, dot, privateKey, colon, artifactory, slack
    case authorization, cookie, connectionString, signature, dockerAuth, context, at, plus
    case awsID, kubernetes, serviceAccount, curl
    case percent, backslash, marker

    /// Whether anything is looked for at the keywords. Only the frequent ones are asked about, as quotes that concern nobody cost time.
    func isNeeded(by ruleOfDetector: [Int]) -> Bool {
        let detectors: [Detector]
        switch self {
        case .quote: detectors = [.base64Entropy, .hexEntropy]
        case .at: detectors = [.email]
        case .plus: detectors = [.phone]
        default: return true
        }
        return detectors.contains { ruleOfDetector[$0.rawValue] >= 0 }
    }

    /// Keywords in lower case.
    var keywords: [String] {
        switch self {
        case .secretWord: Self.secretWords
        case .assignmentWord: ["key", "pwd", "pw", "pass", "password", "token", "secret", "credential", "creds", "auth"]
        case .quote: ["\"", "'"]
        case .url: ["://"]
        case .aws: ["aws"]
        case .dot: ["."]
        case .privateKey: ["private key", "putty-user-key-file-"]
        case .colon: [":"]
        case .artifactory: ["akc"] + "0123456789abcdef".map { "ap\($0)" }
        case .slack: "abpors".map { "xox\($0)-" }
        case .authorization: ["authorization", "x-api-key"]
        case .cookie: ["cookie:"]
        case .connectionString: ["sharedaccesskey=", ";secret="]
        case .signature: ["sig="]
        case .dockerAuth: ["auth\"", "_auth="]
        case .awsID: ["akia", "asia"]
        case .kubernetes: ["kind: secret", "\"kind\""]
        case .serviceAccount: ["\"service_account\""]
        case .curl: ["curl "]
        case .context: ["mailgun", "datadog", "dd_", "heroku", "vault", "machine ", "newrelic", "new_relic", "postmark", "asana"]
        case .at: ["@"]
        case .plus: ["+"]
        case .percent: ["%"]
        case .backslash: ["\\\"", "\\u"]
        case .marker: [ScanState.markerStart]
        }
    }

    /// The words of the older system's keyword detector, with and without their separator.
    private static let secretWords: [String] =
        ["api", "auth", "service", "account", "db", "database", "priv", "private", "client"].flatMap {
            ["\($0)key", "\($0)_key"]
        }
        + ["db", "database", "key"].flatMap { ["\($0)pass", "\($0)_pass"] }
        + ["password", "passwd", "pwd", "secret", "contraseña", "contraseÑa", "contrasena"]
}
