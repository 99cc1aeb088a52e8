import HTTPTypes
import Outbound
import Staleness
import StrictJSON

/// Reads the answers of an index.
struct IndexReader {
    /// The most versions of a package.
    private static let versionLimit = 50_000

    let api: PackageIndexConfiguration.API
    let name: PythonPackageName

    func answer(_ response: OutboundResponse) throws(IndexFailure) -> IndexAnswer {
        switch response.status {
        case 200: break
        case 404, 410: return .absent
        case 406: throw IndexFailure(.otherForm, "the index does not offer the JSON form")
        default: throw IndexFailure(.status, "the index answered with status \(response.status)")
        }
        let type = response.headers[.contentType].map { Self.mediaType($0) } ?? ""
        guard self.accepts(type) else { throw IndexFailure(.otherForm, "the index answered in another form than JSON") }
        let encoding = response.headers[.contentEncoding] ?? "identity"
        guard encoding.lowercased() == "identity" else {
            throw IndexFailure(.otherForm, "the index encoded its answer, which nobody asked for")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: response.body)
        } catch {
            throw IndexFailure(.malformed, "the answer of the index is no strict JSON")
        }
        guard document.objectValue != nil else { throw IndexFailure(.malformed, "the answer of the index is no object") }
        switch self.api {
        case .simple: return .found(try self.simple(document))
        case .json: return .found(try self.json(document))
        }
    }

    /// Type and subtype, without parameters.
    static func mediaType(_ field: String) -> String {
        let type = field.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return String(decoding: type, as: UTF8.self).lowercased()
    }

    private func accepts(_ type: String) -> Bool {
        // Some mirrors serve files, and call the simple form plain JSON.
        type == "application/json"
            || self.api == .simple
                && (type == "application/vnd.pypi.simple.v1+json" || type == "application/vnd.pypi.simple.latest+json")
    }

    private func checkName(_ value: JSONValue?) throws(IndexFailure) {
        guard let text = value?.stringValue else { return }
        guard PythonPackageName(text) == self.name else {
            throw IndexFailure(.malformed, "the index answered about another package")
        }
    }

    // MARK: - The simple API (PEP 691, 700, 592, 792)

    private func simple(_ document: JSONValue) throws(IndexFailure) -> PackageReleases {
        let version = document["meta"]?["api-version"]?.stringValue ?? ""
        guard version == "1" || version.hasPrefix("1.") else {
            throw IndexFailure(.malformed, "the index speaks another version of the simple API than 1")
        }
        try self.checkName(document["name"])
        guard let files = document["files"]?.arrayValue else {
            throw IndexFailure(.malformed, "the answer of the index lists no files")
        }
        var table = ReleaseTable()
        for text in document["versions"]?.arrayValue ?? [] {
            if let text = text.stringValue { table.add(text) }
        }
        for file in files {
            guard let filename = file["filename"]?.stringValue,
                let text = DistributionName(filename, of: self.name)?.version
            else { continue }
            table.addFile(text, yanked: file["yanked"], reason: file["yanked"]?.stringValue)
        }
        let status = document["project-status"]
        return try self.releases(table, status: status?["status"]?.stringValue, reason: status?["reason"]?.stringValue)
    }

    // MARK: - The JSON API

    private func json(_ document: JSONValue) throws(IndexFailure) -> PackageReleases {
        guard let info = document["info"], let newest = info["version"]?.stringValue else {
            throw IndexFailure(.malformed, "the answer of the index names no version")
        }
        try self.checkName(info["name"])
        var table = ReleaseTable()
        for release in document["releases"]?.objectValue ?? [:] {
            // A version whose files were all removed can still be read about, and is no newest one.
            table.add(release.key, hasFiles: release.value.arrayValue?.isEmpty != true)
            for file in release.value.arrayValue ?? [] {
                table.addFile(release.key, yanked: file["yanked"], reason: file["yanked_reason"]?.stringValue)
            }
        }
        if table.isEmpty { table.addFile(newest, yanked: info["yanked"], reason: info["yanked_reason"]?.stringValue) }
        let status = document["project_status"] ?? info["project_status"]
        return try self.releases(table, status: status?["status"]?.stringValue, reason: status?["reason"]?.stringValue)
    }

    private func releases(
        _ table: ReleaseTable, status: String?, reason: String?
    ) throws(IndexFailure) -> PackageReleases {
        let releases = table.releases
        guard releases.count <= Self.versionLimit else {
            throw IndexFailure(.tooLarge, "the index lists more than \(Self.versionLimit) versions")
        }
        return PackageReleases(
            self.name, releases, status: status.flatMap { PackageReleases.Status(rawValue: $0) } ?? .active, statusReason: reason)
    }
}

/// Versions and what became of their files.
private struct ReleaseTable {
    /// Bytes of a version; what is longer is passed over like what is none.
    private static let versionByteLimit = 256

    private struct Files {
        var standing = 0
        var yanked = 0
        var reason: String?
        var isKnownEmpty = false
    }

    private var files: [PythonVersion: Files] = [:]

    var isEmpty: Bool { self.files.isEmpty }

    /// Adds a version; what is none, as old projects have some, is passed over.
    mutating func add(_ text: String, hasFiles: Bool = true) {
        guard let version = Self.version(text) else { return }
        self.files[version, default: Files()].isKnownEmpty = !hasFiles
    }

    /// - Parameter yanked: `false`, `true`, or a reason; an empty one counts as `false`.
    mutating func addFile(_ text: String, yanked: JSONValue?, reason: String?) {
        guard let version = Self.version(text) else { return }
        let isYanked = yanked?.boolValue ?? (yanked?.stringValue.map { !$0.isEmpty } ?? false)
        if isYanked {
            self.files[version, default: Files()].yanked += 1
            if let reason, !reason.isEmpty { self.files[version]?.reason = reason }
        } else {
            self.files[version, default: Files()].standing += 1
        }
    }

    private static func version(_ text: String) -> PythonVersion? {
        text.utf8.count > self.versionByteLimit ? nil : try? PythonVersion(text)
    }

    /// A release is yanked when all of its files are.
    var releases: [PackageReleases.Release] {
        self.files.map { version, files in
            PackageReleases.Release(
                version, isYanked: files.standing == 0 && files.yanked > 0, yankedReason: files.reason,
                hasFiles: !files.isKnownEmpty)
        }
    }
}
