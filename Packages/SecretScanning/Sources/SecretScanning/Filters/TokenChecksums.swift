import Checksums

/// Checksums that single services put into their tokens.
enum TokenChecksums {
    /// `glsa_…_fcaaf58a`: CRC-32 of all before the last `_`, in hexadecimal with the lowest byte first. Known from the source of Grafana.
    static func isGrafana(_ token: [UInt8]) -> Bool {
        guard let separator = token.lastIndex(of: UInt8(ascii: "_")),
            let tail = UInt32(String(decoding: token[(separator + 1)...], as: UTF8.self), radix: 16)
        else { return false }
        return CRC32.checksum(of: token[..<separator]).byteSwapped == tail
    }

    /// `ATATT3…=1A2B3C4D`: CRC-32 of what stands before, in hexadecimal.
    ///
    /// Whether the `=` belongs to it is not published; both are tried, and a failure is no evidence.
    static func isAtlassian(_ token: [UInt8]) -> Bool {
        guard let separator = token.lastIndex(of: UInt8(ascii: "=")), token.count - separator == 9,
            let tail = UInt32(String(decoding: token[(separator + 1)...], as: UTF8.self), radix: 16)
        else { return false }
        return CRC32.checksum(of: token[..<separator]) == tail || CRC32.checksum(of: token[...separator]) == tail
    }

    /// `glpat-PAYLOAD.2k1a2b3c4`: the length of the payload in two base36 digits, and seven with the CRC-32 of what stands before.
    ///
    /// Forms with a version between dots exist, too; what stands before is tried with and without the last dot. A failure is no
    /// evidence, as the form is still changing.
    static func isGitLabRoutable(_ token: [UInt8]) -> Bool {
        guard token.count > 10, let tail = UInt32(String(decoding: token.suffix(7), as: UTF8.self), radix: 36) else {
            return false
        }
        let body = token.dropLast(7)
        if CRC32.checksum(of: body) == tail { return true }
        return body.last == UInt8(ascii: ".") && CRC32.checksum(of: body.dropLast()) == tail
    }
}
