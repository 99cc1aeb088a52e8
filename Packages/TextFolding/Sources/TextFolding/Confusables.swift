/// The generated table, unpacked once.
struct Confusables: Sendable {
    static let shared = Confusables()

    /// Ascending.
    private let codes: [UInt32]
    private let texts: [String]

    private init() {
        var codes: [UInt32] = []
        var texts: [String] = []
        codes.reserveCapacity(ConfusableTable.count)
        texts.reserveCapacity(ConfusableTable.count)
        var code: UInt32?
        for word in ConfusableTable.packed.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if let known = code {
                codes.append(known)
                texts.append(String(word))
                code = nil
            } else {
                code = UInt32(word, radix: 16)
            }
        }
        self.codes = codes
        self.texts = texts
    }

    /// The ASCII text that a character looks like, or nil.
    func ascii(of code: UInt32) -> String? {
        var low = 0
        var high = self.codes.count
        while low < high {
            let middle = (low + high) / 2
            if self.codes[middle] < code { low = middle + 1 } else { high = middle }
        }
        return low < self.codes.count && self.codes[low] == code ? self.texts[low] : nil
    }
}
