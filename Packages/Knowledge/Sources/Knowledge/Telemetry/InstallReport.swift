public import ContentScreening

/// What a client tells of its installation; what is nil is not told.
public struct InstallReport: Sendable {
    /// The system it runs on; at most 50 characters.
    public let platform: String?
    /// Its version; at most 20 characters.
    public let skillVersion: String?
    /// Where it was got from; at most 50 characters.
    public let installSource: String?

    /// Creates a report.
    public init(platform: String? = nil, skillVersion: String? = nil, installSource: String? = nil) {
        self.platform = platform
        self.skillVersion = skillVersion
        self.installSource = installSource
    }
}

extension InstallReport: Screenable {
    /// Every member that is told.
    public var contentFields: [ContentField] {
        [
            ("platform", self.platform), ("skill_version", self.skillVersion), ("install_source", self.installSource),
        ].compactMap { name, text in text.map { .text(name, $0) } }
    }
}
