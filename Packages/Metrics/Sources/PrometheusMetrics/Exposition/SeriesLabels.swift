/// The labels of one series, escaped and joined once, when the series is made.
///
/// Labels stand in the order of their names, as the Python client writes them. `le` of a histogram has its place in that
/// order too, so the text is also kept in two pieces around it.
struct SeriesLabels: Sendable {
    /// What stands between `{` and `le`: `handler="/",`.
    let beforeBound: String
    /// What stands between the bound and `}`: `,method="GET"`.
    let afterBound: String
    /// All labels with their braces, or nothing when there are none.
    let text: String

    init(_ pairs: [(name: String, value: String)]) {
        let sorted = pairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        func joined(_ part: some Sequence<(name: String, value: String)>) -> String {
            part.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        }
        let isBeforeBound = { (pair: (name: String, value: String)) in pair.name.utf8.lexicographicallyPrecedes("le".utf8) }
        let before = joined(sorted.prefix(while: isBeforeBound))
        let after = joined(sorted.drop(while: isBeforeBound))
        self.beforeBound = before.isEmpty ? "" : before + ","
        self.afterBound = after.isEmpty ? "" : "," + after
        self.text = sorted.isEmpty ? "" : "{" + joined(sorted) + "}"
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") })
        else { return value }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.utf8.count + 8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
