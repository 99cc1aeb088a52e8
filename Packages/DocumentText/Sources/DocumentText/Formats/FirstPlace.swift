#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension [UInt8] {
    /// Where these bytes first stand, or `nil`; the pattern is short and not empty.
    func firstPlace(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first else { return nil }
        return self.withUnsafeBytes { bytes in
            var start = 0
            while bytes.count - start >= pattern.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count - pattern.count + 1])
                guard let base = rest.baseAddress, let found = memchr(base, Int32(first), rest.count) else { return nil }
                start += UnsafeRawPointer(found) - base
                if bytes[start..<start + pattern.count].elementsEqual(pattern) { return start }
                start += 1
            }
            return nil
        }
    }
}
