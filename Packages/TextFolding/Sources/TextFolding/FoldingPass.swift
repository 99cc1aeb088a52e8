/// One pass of folding over characters: expand, order marks, compose, drop loose marks.
///
/// Composition is that of Unicode Standard Annex 15, on what the generated tables expand to.
struct FoldingPass {
    private let data = FoldingData.shared
    private var codes: [UInt32] = []
    private var orders: [UInt8] = []
    /// So many bytes of UTF-8 may stand for the text once it is expanded; what comes behind them is not looked at.
    private let limit: Int
    private var bytes = 0

    private init(limit: Int) {
        self.limit = limit
    }

    /// The folded form of a text, brought to a fixed point; the passes behind the first find hardly ever anything.
    ///
    /// - Returns: nil when the text expands to more bytes than the limit.
    static func folded(_ text: String, atMost limit: Int) -> String? {
        var pass = FoldingPass(limit: limit)
        var current = text.unicodeScalars.map(\.value)
        for _ in 0..<TextFolding.maximumRounds {
            guard let next = pass.run(current) else { return nil }
            if next == current { break }
            current = next
        }
        return pass.text(of: current)
    }

    private func text(of codes: [UInt32]) -> String {
        String(unsafeUninitializedCapacity: codes.count * 4) { bytes in
            var count = 0
            for code in codes {
                // All codes come from characters, of the text or of the tables.
                guard let encoded = Unicode.Scalar(code).flatMap(UTF8.encode) else { continue }
                for byte in encoded {
                    bytes[count] = byte
                    count += 1
                }
            }
            return count
        }
    }

    private mutating func run(_ input: [UInt32]) -> [UInt32]? {
        self.bytes = 0
        self.codes.removeAll(keepingCapacity: true)
        self.codes.reserveCapacity(input.count)
        self.orders.reserveCapacity(input.count)
        self.orders.removeAll(keepingCapacity: true)
        for code in input {
            self.expand(code)
            if self.bytes > self.limit { return nil }
        }
        self.orderMarks()
        return self.withoutLooseMarks(self.composed())
    }

    private mutating func expand(_ code: UInt32) {
        if code < 0x80 {
            if TextFolding.isRemovedControl(UInt8(truncatingIfNeeded: code)) { return }
            self.codes.append(code)
            self.orders.append(0)
            self.bytes &+= 1
            return
        }
        let record = self.data.record(of: code)
        guard record.isMapped else {
            self.codes.append(code)
            self.orders.append(record.order)
            self.bytes &+= Self.width(of: code)
            return
        }
        for part in self.data.expansions[record.expansion] {
            self.codes.append(part)
            self.bytes &+= Self.width(of: part)
            self.orders.append(part < 0x300 ? 0 : self.data.record(of: part).order)
        }
    }

    /// The bytes of a character in UTF-8.
    private static func width(of code: UInt32) -> Int { code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4 }

    /// Brings each run of combining marks into the order of their classes, those of one class as they stand.
    private mutating func orderMarks() {
        var start = 0
        while start < self.codes.count {
            guard self.orders[start] != 0 else {
                start += 1
                continue
            }
            var end = start + 1
            var isOrdered = true
            while end < self.codes.count, self.orders[end] != 0 {
                if self.orders[end] < self.orders[end - 1] { isOrdered = false }
                end += 1
            }
            if !isOrdered {
                // Class and place in one number: a sort of any length stays fast, and equals keep their order.
                let sorted = (start..<end).map { UInt64(self.orders[$0]) << 32 | UInt64($0 - start) }.sorted()
                let codes = Array(self.codes[start..<end])
                for (offset, key) in sorted.enumerated() {
                    self.codes[start + offset] = codes[Int(key & 0xFFFF_FFFF)]
                    self.orders[start + offset] = UInt8(truncatingIfNeeded: key >> 32)
                }
            }
            start = end
        }
    }

    private func composed() -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(self.codes.count)
        var starter: Int?
        var lastOrder: UInt8 = 0
        for index in self.codes.indices {
            let code = self.codes[index]
            let order = self.orders[index]
            // A mark is blocked from its letter by another of its class or a higher one, a letter by any mark.
            if code >= 0x300, let place = starter, place == result.count - 1 || lastOrder < order,
                let whole = self.joined(result[place], code)
            {
                result[place] = whole
                continue
            }
            if order == 0 { starter = result.count }
            lastOrder = order
            result.append(code)
        }
        return result
    }

    private func joined(_ first: UInt32, _ second: UInt32) -> UInt32? {
        // Jamo aside, few characters ever join the one before them.
        guard (0x1161..<0x11C3).contains(second) || self.data.record(of: second).isSecond else { return nil }
        return self.data.composed(first, second)
    }

    /// Drops marks that no Latin letter composes with, such as a stroke through each letter.
    private func withoutLooseMarks(_ codes: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(codes.count)
        var isLatin = false
        for code in codes {
            if code < 0x300 || (0x1E00...0x1EFF).contains(code) {
                isLatin = code < 0x250 || code >= 0x1E00
            } else if self.data.record(of: code).isMark {
                if isLatin { continue }
            } else {
                isLatin = false
            }
            result.append(code)
        }
        return result
    }
}
