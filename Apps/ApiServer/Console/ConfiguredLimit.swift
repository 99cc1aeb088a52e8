import RateLimit
import Settings

/// A limit with the text by which it was set, which `/api/health` shows.
struct ConfiguredLimit: Sendable {
    let text: String
    let quotas: [Quota]

    init?(_ text: String) {
        guard let quotas = try? Quota.parse(text) else { return nil }
        self.text = text
        self.quotas = quotas
    }
}

extension Setting where Value == ConfiguredLimit {
    /// A limit string; one that cannot be read falls back to the default with a warning (CONTRACTS §4.6).
    static func shownLimit(_ name: String, default text: String, summary: String) -> Setting<ConfiguredLimit> {
        guard let builtIn = ConfiguredLimit(text) else { preconditionFailure("\(text) is a limit") }
        return Setting<ConfiguredLimit>(
            name, kind: "limit", phrase: "a limit", allowed: "such as 20/minute or 10 per 5 minutes; 100/hour",
            default: builtIn, defaultText: text, summary: summary, parse: { ConfiguredLimit($0) }
        ).lenient()
    }
}
