// Prints what reading and comparing versions costs, beside the library `packaging` on the same versions.
import Foundation
import Staleness

/// Versions as they stand in package indexes: mostly plain, some with suffixes.
let texts = (0..<4_000).map { index in
    let release = "\(index % 7).\(index % 13).\(index % 31)"
    switch index % 10 {
    case 0: return "\(release)rc\(index % 3)"
    case 1: return "\(release).post\(index % 4)"
    case 2: return "\(release).dev\(index)"
    default: return release
    }
}

/// Nanoseconds for each of `count` pieces of work; the median of five rounds.
func nanoseconds(_ count: Int, _ work: () throws -> Void) rethrows -> Double {
    var rounds: [Double] = []
    for _ in 0..<5 {
        let time = try ContinuousClock().measure(work)
        rounds.append(time / .nanoseconds(1) / Double(count))
    }
    return rounds.sorted()[2]
}

/// The same work in Python, in the environment that `Tools/pep440-vectors` has made.
func packaging(_ python: String) throws -> [Double] {
    let script = """
        import json, sys, time
        from packaging.version import Version
        texts = json.load(sys.stdin)
        def median(work, count):
            rounds = []
            for _ in range(5):
                start = time.perf_counter_ns(); work(); rounds.append((time.perf_counter_ns() - start) / count)
            return sorted(rounds)[2]
        def read():
            for text in texts: Version(text)
        versions = [Version(text) for text in texts]
        pairs = [(versions[i], versions[(i * 7 + 1) % len(versions)]) for i in range(len(versions))]
        def compare():
            for left, right in pairs: left < right
        def both():
            for i, text in enumerate(texts): Version(text) < Version(texts[(i * 7 + 1) % len(texts)])
        compare()
        print(median(read, len(texts)), median(compare, len(texts)), median(both, len(texts)))
        """
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", script]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(texts))
    try input.fileHandleForWriting.close()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: " ").compactMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
}

let versions = try texts.map { try PythonVersion($0) }
nonisolated(unsafe) var sink = 0
let read = try nanoseconds(texts.count * 10) {
    for _ in 0..<10 { for text in texts { sink &+= try PythonVersion(text).isPrerelease ? 1 : 0 } }
}
let compare = nanoseconds(texts.count * 200) {
    for _ in 0..<200 {
        for index in versions.indices { sink &+= versions[index] < versions[(index &* 7 &+ 1) % versions.count] ? 1 : 0 }
    }
}
let both = try nanoseconds(texts.count * 10) {
    for _ in 0..<10 {
        for index in texts.indices {
            sink &+= try PythonVersion(texts[index]) < PythonVersion(texts[(index &* 7 &+ 1) % texts.count]) ? 1 : 0
        }
    }
}
let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../..").standardizedFileURL
let python = root.appending(path: ".build/pep440-venv/bin/python").path
guard FileManager.default.isExecutableFile(atPath: python) else {
    print(
        "reading \(Int(read)) ns, comparing \(Int(compare)) ns, both \(Int(both)) ns; for packaging run Tools/pep440-vectors once"
    )
    exit(0)
}
let other = try packaging(python)
print("| work | Staleness, ns | packaging, ns | ratio |")
print("| --- | --- | --- | --- |")
for (name, own, theirs) in zip(
    zip(["reading", "comparing what is read", "reading two and comparing"], [read, compare, both]), other
).map({
    ($0.0, $0.1, $1)
}) {
    print(
        "| \(name) | \(String(format: "%.1f", own)) | \(String(format: "%.0f", theirs)) | \(String(format: "%.0f", theirs / own)) |"
    )
}
