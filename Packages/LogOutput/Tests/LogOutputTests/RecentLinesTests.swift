import LogOutput
import Testing

@Suite("Recent lines")
struct RecentLinesTests {
    private static func append(_ lines: [String], to recent: RecentLines) {
        for line in lines { recent.append(Array(line.utf8)) }
    }

    @Test("are the newest ones in their order, however many there were", arguments: [0, 1, 2, 3, 4, 7, 9])
    func order(_ count: Int) {
        let recent = RecentLines(maximumLines: 3, maximumLineBytes: 10)
        let all = (0..<count).map { "line \($0)" }
        Self.append(all.map { $0 + "\n" }, to: recent)
        #expect(recent.newest(10) == Array(all.suffix(3)))
        #expect(recent.newest(2) == Array(all.suffix(2)))
        #expect(recent.newest(0) == [])
        #expect(recent.newest(-1) == [])
    }

    @Test("are cut where they are too long")
    func length() {
        let recent = RecentLines(maximumLines: 3, maximumLineBytes: 4)
        Self.append(["abcdef\n", "\n", ""], to: recent)
        #expect(recent.newest(3) == ["abcd", "", ""])
    }

    @Test("come from many threads without one being torn")
    func threads() async {
        let recent = RecentLines(maximumLines: 100)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let line = Array(String(repeating: "\(task)", count: 50).utf8)
                    for _ in 0..<100 { recent.append(line) }
                }
            }
        }
        let lines = recent.newest(100)
        #expect(lines.count == 100)
        for line in lines { #expect(Set(line).count == 1 && line.utf8.count == 50) }
    }
}
