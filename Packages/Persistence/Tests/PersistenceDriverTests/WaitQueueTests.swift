import Testing

@testable import PersistenceDriver

@Suite("Wait queue")
struct WaitQueueTests {
    @Test("serves in order of arrival, whoever leaves early")
    func order() {
        var queue = WaitQueue<Int>()
        var expected: [Int] = []
        var next = 0
        for round in 0..<500 {
            for _ in 0..<(round % 7) {
                queue.append(next)
                expected.append(next)
                next += 1
            }
            if round.isMultiple(of: 3), let leaver = expected.dropFirst(2).first {
                #expect(queue.remove { $0 == leaver } == leaver)
                expected.removeAll { $0 == leaver }
            }
            if round.isMultiple(of: 5) {
                #expect(queue.first == expected.first)
                #expect(queue.remove { $0 == -1 } == nil)
            }
            for _ in 0..<(round % 5) where !expected.isEmpty {
                #expect(queue.popFirst() == expected.removeFirst())
            }
            #expect(queue.count == expected.count)
        }
        while let element = queue.popFirst() { #expect(element == expected.removeFirst()) }
        #expect(expected.isEmpty && queue.first == nil)
    }
}
