/// A number in a version: any length of decimal digits, as dates and build numbers go beyond 64 bits.
///
/// Leading zeros do not count: `007` is 7.
public struct VersionNumber: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// The number if it fits, else `UInt64.max`.
    let small: UInt64
    /// The digits without leading zeros, only of a number that does not fit.
    private let large: [UInt8]?

    private init(small: UInt64, large: [UInt8]?) {
        self.small = small
        self.large = large
    }

    /// Takes a number.
    public init(_ number: UInt64) {
        self.init(small: number, large: nil)
    }

    /// Takes a number.
    public init(integerLiteral number: UInt64) {
        self.init(number)
    }

    /// Reads ASCII digits; what else is in the text is not looked at.
    init(digits: some Collection<UInt8>) {
        var number: UInt64 = 0
        for digit in digits {
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit & 0x0F))
            guard !overflows, !carries else {
                self.init(small: .max, large: Array(digits.drop { $0 == UInt8(ascii: "0") }))
                return
            }
            number = sum
        }
        self.init(number)
    }

    /// The number as `UInt64`, or nil when it does not fit.
    public var value: UInt64? { self.large == nil ? self.small : nil }

    /// Whether it is zero.
    var isZero: Bool { self.small == 0 }

    /// The next number.
    var successor: VersionNumber {
        guard var digits = self.large else {
            guard self.small < .max else { return VersionNumber(digits: Array("18446744073709551616".utf8)) }
            return VersionNumber(self.small + 1)
        }
        var index = digits.count - 1
        while index >= 0, digits[index] == UInt8(ascii: "9") {
            digits[index] = UInt8(ascii: "0")
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
        return VersionNumber(digits: digits)
    }

    /// The digits, without leading zeros.
    public var description: String {
        self.large.map { String(decoding: $0, as: UTF8.self) } ?? String(self.small)
    }

    /// Compares by value.
    public static func < (left: VersionNumber, right: VersionNumber) -> Bool {
        switch (left.large, right.large) {
        case (nil, nil): return left.small < right.small
        case (nil, _?): return true
        case (_?, nil): return false
        case (let left?, let right?):
            return left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
        }
    }
}
