import CCrypt
import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Slow hashes for passwords (bcrypt, Provos and Mazières 1999), by libxcrypt.
///
/// Both functions keep a core busy for the time that the cost asks for, a quarter to half a second at the default, and must be
/// called where that disturbs nobody: never on an event loop, and not on many threads at once.
public enum Bcrypt {
    /// The longest password, in bytes; bcrypt ignores whatever follows.
    public static let maximumPasswordBytes = 72

    /// Hashes a password with a random salt.
    ///
    /// - Parameters:
    ///   - password: 0 to 72 bytes without NUL.
    ///   - cost: The logarithm of the number of rounds, 4 to 31; each step doubles the time.
    /// - Returns: A hash of the kind `$2b$`.
    /// - Throws: ``CryptographyError`` with code `unacceptablePassword`, `costOutOfRange`, `randomUnavailable` or
    ///   `libraryFailure`.
    public static func hash(_ password: some Collection<UInt8>, cost: Int = 12) throws(CryptographyError) -> BcryptHash {
        guard self.isAcceptable(password) else {
            throw CryptographyError(
                .unacceptablePassword, message: "a password for bcrypt has at most \(self.maximumPasswordBytes) bytes and no NUL")
        }
        guard BcryptHash.costs.contains(cost) else {
            throw CryptographyError(.costOutOfRange, message: "the cost of bcrypt is 4 to 31, not \(cost)")
        }
        let random = try Random.bytes(count: 16).map(CChar.init(bitPattern:))
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", UInt(cost), random, Int32(random.count), &setting, Int32(setting.count)) != nil else {
            throw CryptographyError(.libraryFailure, message: "libxcrypt made no salt")
        }
        guard let text = self.crypt(password, setting: setting), let hash = BcryptHash(text) else {
            throw CryptographyError(.libraryFailure, message: "libxcrypt did not hash")
        }
        return hash
    }

    /// Whether `hash` was made of this password; false for a password that no hash can be made of.
    ///
    /// - Throws: ``CryptographyError`` with code `libraryFailure` when libxcrypt cannot compute, such as for want of memory.
    public static func verify(_ password: some Collection<UInt8>, against hash: BcryptHash) throws(CryptographyError) -> Bool {
        guard self.isAcceptable(password) else { return false }
        guard let text = self.crypt(password, setting: Array(hash.text.utf8CString)), let computed = BcryptHash(text) else {
            throw CryptographyError(.libraryFailure, message: "libxcrypt did not hash")
        }
        return constantTimeEquals(computed.checksum, hash.checksum)
    }

    private static func isAcceptable(_ password: some Collection<UInt8>) -> Bool {
        password.count <= self.maximumPasswordBytes && !password.contains(0)
    }

    /// Calls libxcrypt with a copy of the password that is wiped afterwards; nil when it refuses.
    private static func crypt(_ password: some Collection<UInt8>, setting: [CChar]) -> String? {
        let phrase = SecretBytes(count: password.count + 1) { $0.copyBytes(from: password) }
        var memory: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer {
            OPENSSL_cleanse(memory, Int(size))
            free(memory)
        }
        return phrase.withUnsafeBytes { phrase in
            crypt_ra(phrase.assumingMemoryBound(to: CChar.self).baseAddress, setting, &memory, &size).map { String(cString: $0) }
        }
    }
}
