import Settings

/// The settings of documents and questions to them.
enum RetrievalSettings {
    static let uploadMegabytes = Setting.integer(
        "MAX_UPLOAD_SIZE_MB", in: 1...50, default: 50, summary: "Most MiB of an uploaded document")
    static let uploadTimeout = Setting<Duration>.duration(
        "UPLOAD_TIMEOUT_SECONDS", in: 1...3_600, default: 300, summary: "How long an upload may take")
    static let folder = Setting.path(
        "DOCUMENT_FOLDER",
        summary:
            "Where uploads wait until their text is taken out, a folder for each server; unset: documents beside the SQLite file"
    ).optional()

    static let section = SettingsCatalogue.Section(
        "Documents", [Self.uploadMegabytes, Self.uploadTimeout, Self.folder])
}
