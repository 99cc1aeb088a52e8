import Cryptography

/// The fingerprint of what a revision did to a database, kept in its record.
///
/// SHA-256 over id, parent and the `up` statements, each preceded by its length in bytes. The way down is left out: to
/// mend it does not change what was applied.
enum RevisionChecksum {
    static func hexadecimal(of revision: Revision, script: Revision.Script) -> String {
        var input: [UInt8] = []
        let parts = [revision.id, revision.parent ?? ""] + script.up.map(\.description)
        for part in parts {
            input.append(contentsOf: "\(part.utf8.count):".utf8)
            input.append(contentsOf: part.utf8)
        }
        return SHA256.hash(input).hex
    }
}
