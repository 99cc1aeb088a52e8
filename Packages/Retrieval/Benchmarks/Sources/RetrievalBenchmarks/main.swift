// Answers over few passages and over many. SIZES (such as "100,10000") and STORES ("sqlite,postgres") may be given in the environment.
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let environment = ProcessInfo.processInfo.environment
let sizes = (environment["SIZES"] ?? "100,10000").split(separator: ",").compactMap { Int($0) }
let kinds = (environment["STORES"] ?? "sqlite,postgres").split(separator: ",")
    .compactMap { BenchmarkStore.Kind(rawValue: String($0)) }

print("\nQuoted answers to questions of 2 to 5 words by 4 readers (p99 of the largest ÷ smallest: target 3)\n")
print("| store | passages | p50 ms | p99 ms | p99 ÷ smallest | citations |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
for kind in kinds { try await QuestionBenchmark.printRows(kind, sizes: sizes) }
