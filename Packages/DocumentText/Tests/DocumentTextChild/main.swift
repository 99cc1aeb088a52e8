import CConfinement
import DocumentText

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// The child of the tests. The first argument says how it behaves, the last one is the word of the parent.
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "extract":
    exit(ExtractionChild.run(arguments: words.dropFirst()))
case "extract-small":
    var limits = ExtractionLimits()
    limits.textBytes = 2_000
    limits.pages = 20
    limits.archiveEntries = 20
    exit(ExtractionChild.run(arguments: words.dropFirst(), limits: limits))
case "environment":
    answer(surroundings())
case "probe":
    answer(probe())
case "hang" where words.count == 3:
    hang(telling: words[1])
case "parent" where words.count == 3:
    watch(words[1], telling: words[2])
case "spin":
    _ = confinement_limit(confinement_cpu_seconds, 1)
    while true {}
case "eat":
    _ = confinement_limit(confinement_address_space, 256 * 1_048_576)
    var eaten: [[UInt8]] = []
    while true { eaten.append([UInt8](repeating: 1, count: 16 * 1_048_576)) }
case "die":
    kill(getpid(), SIGKILL)
    wait()
case "trap":
    fatalError("a state that cannot be")
case "stop-writing":
    say(ResultFrame.format(.pdf).encoded)
    close(1)
    wait()
case "silent":
    exit(0)
case "chatter":
    while true { say([UInt8](repeating: UInt8(ascii: "x"), count: 1_000)) }
case "complain":
    for _ in 0..<10_000 { say(Array("something is wrong\n".utf8), to: 2) }
    exit(1)
default:
    exit(2)
}
