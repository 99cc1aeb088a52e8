import CSecretScanningBenchmarks
import SecretScanning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#endif

/// Nanoseconds of processor time of one call, as median and 99th of a hundred, over rounds of several calls.
func measure(_ calls: Int, rounds: Int = 101, _ body: () -> Void) -> (median: Double, tail: Double, allocations: UInt64) {
    body()
    var times: [Double] = []
    var allocations = UInt64.max
    for _ in 0..<rounds {
        let before = secret_scanning_benchmarks_allocations()
        let start = secret_scanning_benchmarks_thread_nanoseconds()
        for _ in 0..<calls { body() }
        times.append(Double(secret_scanning_benchmarks_thread_nanoseconds() - start) / Double(calls))
        allocations = min(allocations, secret_scanning_benchmarks_allocations() - before)
    }
    times.sort()
    return (times[rounds / 2], times[rounds * 99 / 100], allocations)
}

/// What a plain loop takes to add up the same bytes.
func byteSum(_ bytes: [UInt8]) -> Double {
    var sum: UInt64 = 0
    let time = measure(20) { for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 } }.median
    precondition(sum != 0x1234_5678_9ABC_DEF0, "keeps the sum alive")
    return time
}

func rounded(_ value: Double) -> String { "\(Double(Int(value * 10)) / 10)" }

// The payload alone, for the peer.
if CommandLine.arguments.dropFirst().first == "payload" {
    print(String(decoding: Payloads.json(4_096), as: UTF8.self))
    exit(0)
}
// One hostile payload again and again, for a profiler: `hostile "finds in one string"`.
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "hostile" {
    let scanner = Scanner()
    var scratch = ScanScratch()
    let name = CommandLine.arguments[2]
    let text = Payloads.hostile.first { $0.0 == name }?.1
    let json = Payloads.hostileJSON.first { "JSON: \($0.0)" == name }?.1
    for _ in 0..<3_000 {
        text?.withUnsafeBytes { _ = scanner.scan($0, in: &scratch) }
        json?.withUnsafeBytes { _ = scanner.scanJSON($0, in: &scratch) }
    }
    exit(0)
}

let scanner = Scanner()
var scratch = ScanScratch()
let counts = secret_scanning_benchmarks_counts_allocations() == 1

print("\(scanner.rules.count) rules, one thread, processor time\n")
print("| clean payload | µs median | µs 99th | MB/s | times a plain byte sum | allocations |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
let clean = [
    ("JSON, 1 KB", Payloads.json(1_024), true), ("JSON, 4 KB", Payloads.json(4_096), true),
    ("JSON, 16 KB", Payloads.json(16_384), true),
    ("text, 4 KB", Payloads.text(4_096), false), ("text, 1 MB", Payloads.text(1 << 20), false),
]
var cleanPerByte = 0.0
for (name, bytes, isJSON) in clean {
    let calls = max(1, 400_000 / bytes.count)
    let result = bytes.withUnsafeBytes { buffer in
        measure(calls) {
            let report = isJSON ? scanner.scanJSON(buffer, in: &scratch) : scanner.scan(buffer, in: &scratch)
            precondition(report.findings.isEmpty && report.isComplete, "the payload is clean")
        }
    }
    if !isJSON { cleanPerByte = result.median / Double(bytes.count) }
    print(
        "| \(name) | \(rounded(result.median / 1_000)) | \(rounded(result.tail / 1_000)) | "
            + "\(Int(Double(bytes.count) / result.median * 1_000)) | \(rounded(result.median / byteSum(bytes))) | "
            + "\(counts ? "\(result.allocations)" : "not counted") |")
}

print("\n| hostile payload | ns per byte | times a clean text per byte | complete | findings |")
print("| --- | ---: | ---: | --- | ---: |")
let hostile = Payloads.hostile.map { ($0, $1, false) } + Payloads.hostileJSON.map { ("JSON: \($0)", $1, true) }
for (name, bytes, isJSON) in hostile {
    var report = ScanReport.clean
    let result = bytes.withUnsafeBytes { buffer in
        measure(1, rounds: 9) {
            report = isJSON ? scanner.scanJSON(buffer, in: &scratch) : scanner.scan(buffer, in: &scratch)
        }
    }
    let perByte = result.median / Double(bytes.count)
    print(
        "| \(name) | \(rounded(perByte)) | \(rounded(perByte / cleanPerByte)) | \(report.isComplete) | \(report.findings.count) |"
    )
}

let building = measure(1, rounds: 11) { precondition(!Scanner().rules.isEmpty, "has rules") }
print("\nMaking a scanner takes \(rounded(building.median / 1_000_000)) ms.")
