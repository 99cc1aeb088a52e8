/// All settings of one program, the single source of its help, its documentation and its checks.
public struct SettingsCatalogue: Sendable {
    /// Settings that belong together, under a heading.
    public struct Section: Sendable {
        /// The heading: `Server`.
        public let title: String
        /// The settings in the order in which they are shown.
        public let settings: [SettingDescription]

        /// Groups settings under a heading.
        public init(_ title: String, _ settings: [any SettingDeclaring]) {
            self.title = title
            self.settings = settings.map(\.description)
        }
    }

    /// The sections in the order in which they are shown.
    public let sections: [Section]
    /// Prescribed settings that are not served yet; named in a warning when they are set.
    public let reserved: [ReservedSetting]

    /// Creates a catalogue.
    public init(_ sections: [Section], reserved: [ReservedSetting] = []) {
        self.sections = sections
        self.reserved = reserved
    }

    /// All settings, section by section.
    public var settings: [SettingDescription] { self.sections.flatMap(\.settings) }

    func contains(_ name: String) -> Bool {
        self.sections.contains { $0.settings.contains { $0.name == name } }
    }
}
