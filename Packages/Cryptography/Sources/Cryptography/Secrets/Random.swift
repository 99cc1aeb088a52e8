import COpenSSL

/// Random bytes and tokens that nobody can guess, from libcrypto's generator, which the system seeds.
public enum Random {
    /// Random bytes; `count` is 0 or more.
    ///
    /// - Throws: ``CryptographyError`` with code `randomUnavailable`.
    public static func bytes(count: Int) throws(CryptographyError) -> [UInt8] {
        precondition(count >= 0, "a count is 0 or more")
        var filled = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            filled = self.fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = filled ? count : 0
        }
        guard filled else { throw .noRandomBytes() }
        return bytes
    }

    /// A token of random bytes as base64url without padding, such as `m0pbBTC0…`: 43 characters for 32 bytes.
    ///
    /// - Throws: ``CryptographyError`` with code `randomUnavailable`.
    public static func base64URLToken(byteCount: Int = 32) throws(CryptographyError) -> String {
        Base64URL.encode(try self.bytes(count: byteCount))
    }

    /// A text of random characters out of `0–9A–Za–z`, each equally likely: 5.95 bits a character.
    ///
    /// Bytes from 248 on are thrown away, so that no character comes up more often than another.
    ///
    /// - Throws: ``CryptographyError`` with code `randomUnavailable`.
    public static func base62Text(count: Int) throws(CryptographyError) -> String {
        precondition(count >= 0, "a count is 0 or more")
        var characters: [UInt8] = []
        characters.reserveCapacity(count)
        while characters.count < count {
            let wanted = count - characters.count
            for byte in try self.bytes(count: wanted + wanted / 16 + 4) where byte < 248 && characters.count < count {
                characters.append(Self.base62Alphabet[Int(byte % 62)])
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }

    private static let base62Alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Fills a buffer; false when the system has no random bytes.
    static func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var rest = buffer[...]
        while !rest.isEmpty {
            let part = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(1 << 20))
            guard RAND_bytes(part.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(part.count)) == 1 else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }
}

extension CryptographyError {
    static func noRandomBytes() -> CryptographyError {
        CryptographyError(.randomUnavailable, message: "the system gave no random bytes", cause: LibraryError())
    }
}
