#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The label values of one series as a dictionary key; up to three of them need no allocation.
///
/// Equality goes by bytes: Prometheus tells two spellings of an accented letter apart, `String` does not.
struct LabelKey: Hashable {
    private let first: String
    private let second: String
    private let third: String
    private let rest: [String]
    let count: Int

    init() {
        self.init(count: 0, "", "", "", rest: [])
    }

    init(_ first: String) {
        self.init(count: 1, first, "", "", rest: [])
    }

    init(_ first: String, _ second: String) {
        self.init(count: 2, first, second, "", rest: [])
    }

    init(_ first: String, _ second: String, _ third: String) {
        self.init(count: 3, first, second, third, rest: [])
    }

    init(_ values: [String]) {
        self.init(
            count: values.count,
            values.count > 0 ? values[0] : "",
            values.count > 1 ? values[1] : "",
            values.count > 2 ? values[2] : "",
            rest: Array(values.dropFirst(3))
        )
    }

    private init(count: Int, _ first: String, _ second: String, _ third: String, rest: [String]) {
        self.count = count
        self.first = first
        self.second = second
        self.third = third
        self.rest = rest
    }

    var values: [String] {
        Array(([self.first, self.second, self.third] + self.rest).prefix(self.count))
    }

    func hash(into hasher: inout Hasher) {
        self.first.hashBytes(into: &hasher)
        if self.count > 1 { self.second.hashBytes(into: &hasher) }
        if self.count > 2 { self.third.hashBytes(into: &hasher) }
        for value in self.rest { value.hashBytes(into: &hasher) }
    }

    static func == (left: LabelKey, right: LabelKey) -> Bool {
        left.count == right.count
            && left.first.hasSameBytes(as: right.first)
            && left.second.hasSameBytes(as: right.second)
            && left.third.hasSameBytes(as: right.third)
            && left.rest.elementsEqual(right.rest) { $0.hasSameBytes(as: $1) }
    }
}

extension String {
    /// Runs the body with the bytes of this text, which native strings lend without a copy.
    fileprivate func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(self.utf8).withUnsafeBufferPointer(body)
    }

    fileprivate func hasSameBytes(as other: String) -> Bool {
        self.withBytes { left in
            other.withBytes { right in
                guard left.count == right.count else { return false }
                guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
                return memcmp(leftStart, rightStart, left.count) == 0
            }
        }
    }

    fileprivate func hashBytes(into hasher: inout Hasher) {
        self.withBytes { bytes in hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
        // No text holds this byte, so it parts one value from the next.
        hasher.combine(0xFF as UInt8)
    }
}
