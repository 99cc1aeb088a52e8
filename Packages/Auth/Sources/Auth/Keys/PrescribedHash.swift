import Cryptography
import Dispatch

/// The bcrypt hashes that the prescribed column `api_keys.key_hash` holds (CONTRACTS §2.2).
enum PrescribedHash {
    /// One at a time, and never on a thread that others wait for: each keeps a core busy for a quarter of a second or more.
    private static let queue = DispatchQueue(label: "gatehouse.bcrypt")

    private static let cost = 12

    /// Hashes a key.
    static func bcrypt(of key: APIKey) async throws -> String {
        try Task.checkCancellation()
        let password = Array(key.text.utf8)
        return try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Result { try Bcrypt.hash(password, cost: self.cost).text })
            }
        }
    }

    /// A hash of the proper form that was made of no key, so that whoever checks a key against it finds that it differs.
    ///
    /// Salt and checksum are random; their last characters stand for fewer bits than the others, and `.` is right for any.
    static func ofNobody() throws(CryptographyError) -> String {
        "$2b$\(self.cost)$" + (try Random.base62Text(count: 21)) + "." + (try Random.base62Text(count: 30)) + "."
    }
}
