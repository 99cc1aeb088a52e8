/// The beginning of a version's place in the order, in two words, so that most comparisons are two of numbers.
///
/// From the top: epoch (4 bits), the first three numbers of the release (20 each); the fourth (16), pre-release rank (3) and number
/// (14), post-release (1 and 14), development release (1 and 14), local (1). Where a number has no room, all bits from its place on
/// are set, which is more than any number that has; two ranks that are equal and not exact have to be told apart otherwise.
struct VersionRank: Sendable, Hashable {
    let high: UInt64
    let low: UInt64
    /// Whether equal ranks mean equal versions.
    let isExact: Bool

    init(
        epoch: VersionNumber, release: [VersionNumber], prerelease: PythonVersion.Prerelease?, post: VersionNumber?,
        development: VersionNumber?, hasLocal: Bool
    ) {
        var packer = Packer()
        packer.append(epoch.small, bits: 4)
        for index in 0..<3 { packer.append(index < release.count ? release[index].small : 0, bits: 20) }
        packer.append(release.count > 3 ? release[3].small : 0, bits: 16)
        if release.count > 4, release[4...].contains(where: { !$0.isZero }) { packer.overflow() }
        // A development release of nothing else comes before pre-releases.
        let isDevelopmentOnly = prerelease == nil && post == nil && development != nil
        packer.append(prerelease.map { UInt64($0.kind.rawValue) } ?? (isDevelopmentOnly ? 0 : 4), bits: 3)
        packer.append(prerelease?.number.small ?? 0, bits: 14)
        packer.append(post == nil ? 0 : 1, bits: 1, isFlag: true)
        packer.append(post?.small ?? 0, bits: 14)
        packer.append(development == nil ? 1 : 0, bits: 1, isFlag: true)
        packer.append(development?.small ?? 0, bits: 14)
        packer.append(hasLocal ? 1 : 0, bits: 1, isFlag: true)
        self.high = packer.high
        self.low = packer.low
        self.isExact = !packer.hasOverflown && !hasLocal
    }

    /// The rank of four numbers and nothing else; nil where one has no room.
    init?(plain numbers: (UInt64, UInt64, UInt64, UInt64)) {
        guard numbers.0 < 0xFFFFF, numbers.1 < 0xFFFFF, numbers.2 < 0xFFFFF, numbers.3 < 0xFFFF else { return nil }
        self.high = numbers.0 << 40 | numbers.1 << 20 | numbers.2
        // No pre-release, and no development release.
        self.low = numbers.3 << 48 | 4 << 45 | 1 << 15
        self.isExact = true
    }

    /// How many numbers of a release have room.
    static let releaseNumbers = 4

    // MARK: - What an exact rank says

    var epoch: VersionNumber { VersionNumber(self.high >> 60) }

    func release(count: Int) -> [VersionNumber] {
        let numbers = [self.high >> 40 & 0xFFFFF, self.high >> 20 & 0xFFFFF, self.high & 0xFFFFF, self.low >> 48]
        return numbers.prefix(count).map { VersionNumber($0) }
    }

    var prerelease: PythonVersion.Prerelease? {
        PythonVersion.PrereleaseKind(rawValue: UInt8(self.low >> 45 & 0x7)).map {
            PythonVersion.Prerelease(kind: $0, number: VersionNumber(self.low >> 31 & 0x3FFF))
        }
    }

    var post: VersionNumber? { self.low >> 30 & 1 == 1 ? VersionNumber(self.low >> 16 & 0x3FFF) : nil }

    var development: VersionNumber? { self.low >> 15 & 1 == 0 ? VersionNumber(self.low >> 1 & 0x3FFF) : nil }

    private struct Packer {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var hasOverflown = false
        private var used = 0

        mutating func append(_ value: UInt64, bits: Int, isFlag: Bool = false) {
            let most: UInt64 = 1 << UInt64(bits) - 1
            if !isFlag, value >= most { self.overflow() }
            self.place(self.hasOverflown ? most : value, bits: bits)
        }

        /// Sets all bits from here on.
        mutating func overflow() { self.hasOverflown = true }

        private mutating func place(_ value: UInt64, bits: Int) {
            if self.used < 64 {
                self.high |= value << UInt64(64 - self.used - bits)
            } else {
                self.low |= value << UInt64(128 - self.used - bits)
            }
            self.used += bits
        }
    }
}
