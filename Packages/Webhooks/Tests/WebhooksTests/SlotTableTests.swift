import Persistence
import Testing

@testable import Webhooks

@Suite("Slots")
struct SlotTableTests {
    private func busy(_ id: String, _ seconds: Int, isFailing: Bool = false) -> BusyEndpoint {
        BusyEndpoint(id: id, dueAt: Timestamp.epoch.advanced(by: .seconds(seconds)), isFailing: isFailing)
    }

    @Test("gives every endpoint a place before any gets two")
    func rounds() {
        var slots = SlotTable(limit: 5, endpointLimit: 4)
        let given = slots.allot([self.busy("b", 2), self.busy("a", 1), self.busy("c", 3)])
        #expect(given.map(\.endpointID) == ["a", "b", "c"])
        #expect(given.map(\.count) == [2, 2, 1])
        #expect(slots.allot([self.busy("d", 0)]).isEmpty)
        slots.release("a", isFailing: false)
        #expect(slots.allot([self.busy("a", 9), self.busy("d", 0)]).map(\.endpointID) == ["d"])
    }

    @Test("gives no endpoint more than its share, over several rounds too")
    func share() {
        var slots = SlotTable(limit: 100, endpointLimit: 4)
        #expect(slots.allot([self.busy("a", 1)]).map(\.count) == [4])
        #expect(slots.allot([self.busy("a", 1)]).isEmpty)
        slots.release("a", isFailing: false, count: 4)
        #expect(slots.total == 0)
        #expect(slots.allot([self.busy("a", 1)]).map(\.count) == [4])
    }

    @Test("leaves half of all places to endpoints that work")
    func failing() {
        var slots = SlotTable(limit: 4, endpointLimit: 4)
        let given = slots.allot((0..<9).map { self.busy("f\($0)", $0, isFailing: true) })
        #expect(given.map(\.endpointID) == ["f0", "f1"])
        #expect(given.map(\.count) == [1, 1])
        #expect(slots.allot([self.busy("w", 99)]).map(\.count) == [2])
        slots.release("f0", isFailing: true)
        #expect(slots.allot([self.busy("f5", 1, isFailing: true)]).map(\.endpointID) == ["f5"])
    }
}
