import StrictJSON

/// Prints the speed of parsing and writing beside that of a plain sum over the same bytes, which tells how fast the machine is.
///
/// Every figure is the median of five rounds, the sides taking turns within a round.
@main
struct StrictJSONBenchmarks {
    private static let roundCount = 5
    private static let roundDuration = Duration.milliseconds(150)

    static func main() throws {
        print("document                bytes  operation          MB/s  µs/document  byte sum ÷ this")
        for document in Documents.all() {
            try self.measure(document)
        }
    }

    private static func measure(_ document: (name: String, bytes: [UInt8])) throws {
        let bytes = document.bytes
        let value = try JSONValue(parsing: bytes)
        var output: [UInt8] = []
        let operations: [(name: String, run: () -> Int)] = [
            ("byte sum", { bytes.reduce(into: 0) { $0 &+= Int($1) } }),
            ("parse", { (try? JSONValue(parsing: bytes)) == nil ? 0 : 1 }),
            ("parse with spans", { (try? JSONDocument(parsing: bytes)) == nil ? 0 : 1 }),
            (
                "write compact",
                {
                    output.removeAll(keepingCapacity: true)
                    value.appendCompact(to: &output)
                    return output.count
                }
            ),
            (
                "write sorted",
                {
                    output.removeAll(keepingCapacity: true)
                    value.appendSorted(to: &output)
                    return output.count
                }
            ),
        ]
        var rounds = [[Double]](repeating: [], count: operations.count)
        for _ in 0..<self.roundCount {
            for (index, operation) in operations.enumerated() { rounds[index].append(self.secondsPerRun(operation.run)) }
        }
        let medians = rounds.map { $0.sorted()[self.roundCount / 2] }
        for (operation, seconds) in zip(operations, medians) {
            let cells = [
                self.padded(document.name, to: 20, isNumber: false), self.padded("\(bytes.count)", to: 8), "  ",
                self.padded(operation.name, to: 16, isNumber: false),
                self.padded(self.rounded(Double(bytes.count) / seconds / 1_000_000), to: 7),
                self.padded(self.rounded(seconds * 1_000_000), to: 13), self.padded(self.rounded(seconds / medians[0]), to: 17),
            ]
            print(cells.joined())
        }
    }

    private static func secondsPerRun(_ run: () -> Int) -> Double {
        let clock = ContinuousClock()
        var (runs, checksum) = (0, 0)
        let start = clock.now
        var elapsed = Duration.zero
        repeat {
            for _ in 0..<16 { checksum &+= run() }
            runs += 16
            elapsed = clock.now - start
        } while elapsed < self.roundDuration
        // Using the results keeps the optimiser from leaving out the work.
        if checksum == .min { print("checksum", checksum) }
        return elapsed / .seconds(1) / Double(runs)
    }

    private static func rounded(_ value: Double) -> String {
        let tenths = Int(value * 10 + 0.5)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func padded(_ text: String, to width: Int, isNumber: Bool = true) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return isNumber ? padding + text : text + padding
    }
}
