#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import Persistence
import StrictJSON

/// A document as its owner sees it.
public struct RetrievalDocument: Sendable, Hashable {
    /// What became of it.
    public enum Status: Sendable, Hashable {
        /// Its text is not taken out yet; it is not found.
        case processing
        /// It is found.
        case ready
        /// It cannot be used, for this reason, in words for its owner.
        case failed(String)

        /// The name, as the API has it.
        public var name: String {
            switch self {
            case .processing: "processing"
            case .ready: "ready"
            case .failed: "failed"
            }
        }
    }

    /// Its id.
    public let id: UUID
    /// Its name.
    public let filename: String
    /// Its type.
    public let contentType: String
    /// Its size as uploaded.
    public let bytes: Int
    /// The SHA-256 of what was uploaded, in hexadecimal.
    public let sha256: String
    /// What became of it.
    public let status: Status
    /// How many pages it has; nil where it has none, or while that is not known.
    public let pages: Int?
    /// How many passages it is found by.
    public let passages: Int
    /// The types of secrets and personal data in its text, with how many there are of each; for its owner to know, the text stays as it is.
    public let findings: [String: Int]
    /// When it was uploaded.
    public let createdAt: Timestamp
    /// When its status changed last.
    public let updatedAt: Timestamp

    /// A document that was added this moment.
    init(_ new: NewDocument, at now: Timestamp) {
        self.id = new.id
        self.filename = new.name.text
        self.contentType = new.type.rawValue
        self.bytes = new.bytes
        self.sha256 = new.sha256
        self.status = .processing
        self.pages = nil
        self.passages = 0
        self.findings = [:]
        self.createdAt = now
        self.updatedAt = now
    }

    static let columns: SQL = """
        d.id, d.filename, d.content_type, d.bytes, d.sha256, d.status, d.reason, d.pages, d.passages, d.findings, d.created_at,
        d.updated_at
        """

    init(_ row: Row) throws(PersistenceError) {
        self.id = try row.decode("id")
        self.filename = try row.decode("filename")
        self.contentType = try row.decode("content_type")
        self.bytes = try row.decode("bytes")
        self.sha256 = try row.decode("sha256")
        switch try row.decode("status", as: String.self) {
        case "ready": self.status = .ready
        case "failed": self.status = .failed(try row.decode("reason", as: String?.self) ?? "the document could not be processed")
        default: self.status = .processing
        }
        self.pages = try row.decode("pages")
        self.passages = try row.decode("passages")
        self.findings = try FindingCounts(json: row.decode("findings")).counts
        self.createdAt = try row.decode("created_at")
        self.updatedAt = try row.decode("updated_at")
    }
}

/// How often what type was found in a document, as it is kept: `{"AWS Access Key":2}`.
struct FindingCounts: Sendable, Hashable {
    /// Types that are told of one document; there are some hundred.
    private static let mostTypes = 500

    private(set) var counts: [String: Int] = [:]

    init() {}

    init(json text: String) throws(PersistenceError) {
        guard let members = (try? JSONValue(parsing: text.utf8))?.objectValue else {
            throw PersistenceError(.decoding, message: "column findings holds no JSON object")
        }
        for (name, value) in members { self.counts[name] = value.intValue }
    }

    mutating func add(_ type: String) {
        guard self.counts[type] != nil || self.counts.count < Self.mostTypes else { return }
        let count = self.counts[type, default: 0]
        self.counts[type] = count < .max ? count + 1 : count
    }

    var json: String {
        let members = self.counts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.integer($0.value)) }
        return JSONValue.object(JSONObject(members)).description
    }
}
