import PrometheusMetrics
import Testing

@Suite("Process metrics")
struct ProcessMetricsTests {
    private static let stat =
        "77 (a) S (b) S 1 77 77 0 -1 4194560 1365 0 0 0 250 125 0 0 20 0 4 0 4200 104857600 2560 18446744073709551615 1 1 0 0\n"

    @Test("reads the kernel's line, whatever the program's name")
    func parsesStat() throws {
        let status = try #require(ProcessStatus(stat: Self.stat))
        #expect(status.cpuTicks == 375)
        #expect(status.startTicks == 4_200)
        #expect(status.virtualBytes == 104_857_600)
        #expect(status.residentPages == 2_560)
    }

    @Test(
        "gives no answer to what is no such line",
        arguments: ["", "77", "77 (x)", "77 (x) S 1 2", "77 (x) " + String(repeating: "a ", count: 50)])
    func refusesOtherText(_ text: String) {
        #expect(ProcessStatus(stat: text) == nil)
    }

    @Test("finds boot time and the limit of open files among other lines")
    func parsesNeighbours() {
        #expect(ProcessStatus.bootTime(inStat: "cpu  1 2\nbtime 1700000000\nprocesses 9\n") == 1_700_000_000)
        #expect(ProcessStatus.bootTime(inStat: "cpu  1 2\nbtime x\n") == nil)
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax processes  5  6  processes\nMax open files            1024    4096    files\n"
        #expect(ProcessStatus.openFileLimit(inLimits: limits) == 1_024)
        #expect(ProcessStatus.openFileLimit(inLimits: "Max open files  unlimited  unlimited  files\n") == .infinity)
        #expect(ProcessStatus.openFileLimit(inLimits: "Max open files") == nil)
        #expect(ProcessStatus.openFileLimit(inLimits: "") == nil)
    }

    #if os(Linux)
        @Test("shows plausible numbers of this process")
        func live() throws {
            let registry = PrometheusRegistry()
            try registry.registerProcessMetrics()
            let values = try Dictionary(
                uniqueKeysWithValues: registry.samples.map { sample in
                    let parts = sample.split(separator: " ")
                    return (String(parts[0]), try #require(Double(parts[1])))
                })
            #expect(
                values.keys.sorted() == [
                    "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
                    "process_start_time_seconds", "process_virtual_memory_bytes",
                ])
            #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(values["process_virtual_memory_bytes"]) > 1_000_000)
            #expect(try #require(values["process_open_fds"]) >= 3)
            #expect(try #require(values["process_start_time_seconds"]) > 1_500_000_000)
        }
    #endif

    @Test("the build is named by a metric of value 1")
    func buildInfo() throws {
        let registry = PrometheusRegistry()
        try registry.registerBuildInfo(version: "1.2.0", others: ["app": "limiter-node"])
        #expect(registry.samples == ["gatehouse_build_info{app=\"limiter-node\",version=\"1.2.0\"} 1.0"])
    }
}
