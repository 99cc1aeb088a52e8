import COpenSSL

/// Whether two byte strings are equal, in a time that depends on their lengths only.
///
/// Strings of different lengths are unequal at once, so a secret's length must not be secret.
@inlinable
public func constantTimeEquals(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    left.withContiguousBytes { left in right.withContiguousBytes { right in contiguousEquals(left, right) } }
}

@usableFromInline
func contiguousEquals(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
}
