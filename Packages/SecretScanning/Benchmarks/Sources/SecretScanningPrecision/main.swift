import SecretScanning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#endif

// What the rules find in real text, to be judged by somebody who reads it:
//
//     find DIR -type f | swift run -c release SecretScanningPrecision - [--context] [--all]
//
// Names of files come line by line; `--all` takes the rules that are off by default, too. Without `--context` only the sums are printed; with it a line per finding, which tells the value, so
// the output is for the terminal and never kept.

func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 1 << 28 {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { break }
        bytes += buffer.prefix(count)
    }
    return bytes
}

/// Bytes as one line of printable ASCII and whole characters.
func line(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
}

guard CommandLine.arguments.contains("-") else {
    print("usage: find DIR -type f | SecretScanningPrecision - [--context] [--all]")
    exit(0)
}
let showsContext = CommandLine.arguments.contains("--context")
let scanner = Scanner(
    rules: CommandLine.arguments.contains("--all") ? .all : .builtIn,
    configuration: ScannerConfiguration(maximumFindings: .max))
var scratch = ScanScratch()
var sums: [String: [Int]] = [:]
var (files, byteCount, incomplete, unreadable) = (0, 0, 0, 0)

while let path = readLine() {
    guard let bytes = contents(of: path) else {
        unreadable += 1
        continue
    }
    files += 1
    byteCount += bytes.count
    let report = bytes.withUnsafeBytes { buffer in
        path.hasSuffix(".json") ? scanner.scanJSON(buffer, in: &scratch) : scanner.scan(buffer, in: &scratch)
    }
    if !report.isComplete {
        incomplete += 1
        print("incomplete\t\(path)")
    }
    for finding in report.findings {
        sums[finding.rule, default: [0, 0, 0]][finding.confidence.rawValue] += 1
        guard showsContext else { continue }
        let (row, column) = finding.position(in: bytes)
        let secret = finding.secretSpan
        let before = bytes[max(secret.lowerBound - 50, 0)..<secret.lowerBound]
        let after = bytes[secret.upperBound..<min(secret.upperBound + 20, bytes.count)]
        let layers = finding.layers.map(\.rawValue).joined(separator: "+")
        print(
            "\(finding.confidence)\t\(finding.rule)\t\(path):\(row):\(column)\t\(layers)\t"
                + "\(line(before))⟦\(line(bytes[secret].prefix(160)))⟧\(line(after))")
    }
}

print("| rule | low | medium | high |")
print("| --- | ---: | ---: | ---: |")
for (rule, counts) in sums.sorted(by: { $0.key < $1.key }) {
    print("| \(rule) | \(counts[0]) | \(counts[1]) | \(counts[2]) |")
}
print("\n\(files) files, \(byteCount / 1_000) kB, \(incomplete) not looked at completely, \(unreadable) not readable")
