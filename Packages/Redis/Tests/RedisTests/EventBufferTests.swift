import Testing

@testable import Redis

@Suite("Buffer of events")
struct EventBufferTests {
    static func message(_ number: Int) -> RedisSubscription.Event { .message(channel: "c", payload: Array("\(number)".utf8)) }

    @Test("drops the oldest and says so when the reader is too slow")
    func overflow() async {
        let buffer = EventBuffer(channels: ["c"], limit: 2)
        for number in 1...5 { buffer.add(Self.message(number)) }
        #expect(await buffer.next() == .dropped)
        #expect(await buffer.next() == Self.message(4))
        buffer.finish()
        #expect(await buffer.next() == Self.message(5))
        #expect(await buffer.next() == nil)
    }

    @Test("ends for a reader whose task is cancelled")
    func cancellation() async {
        let buffer = EventBuffer(channels: ["c"], limit: 2)
        let reader = Task { await buffer.next() }
        reader.cancel()
        #expect(await reader.value == nil)
    }
}
