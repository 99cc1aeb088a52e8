#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence
import Testing

@testable import Knowledge

@Suite("Search cursor")
struct SearchCursorTests {
    private static let query = SearchQuery(text: "q", tags: ["a"])
    private static let cursors: [SearchCursor] = [
        .words(
            .init(tier: .corrected, replaced: 5, kept: 0, newest: .max, oldest: 1, shown: [.max, 4_000_000_000, 300, 299, 1])),
        .words(.init(tier: .some, replaced: 0, kept: 0b10110001, newest: 7, oldest: 0, shown: [])),
        .words(.init(tier: .exact, replaced: 0, kept: 0, newest: 900, oldest: 601, shown: (0..<300).map { 900 - $0 })),
        .tags(.init(trust: -1.5, createdAt: Timestamp.now(), id: UUID())),
    ]

    @Test("comes back from its text", arguments: cursors)
    func roundTrip(_ cursor: SearchCursor) throws {
        let text = cursor.text(for: Self.query)
        #expect(try SearchCursor(text, for: Self.query) == cursor)
        #expect(text.utf8.count <= 8_192)
        var other = Self.query
        other.limit = 50
        #expect(try SearchCursor(text, for: other) == cursor)
    }

    @Test("fits no other query, and bears no damage", arguments: cursors)
    func foreign(_ cursor: SearchCursor) {
        let text = cursor.text(for: Self.query)
        for query in [
            SearchQuery(text: "q"), SearchQuery(text: "qa"), SearchQuery(text: "q", tags: ["b"]), SearchQuery(tags: ["q", "a"]),
        ] {
            #expect(throws: SearchError(.invalidCursor, message: "")) { try SearchCursor(text, for: query) }
        }
        for index in text.indices {
            var damaged = text
            damaged.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(throws: SearchError.self) { try SearchCursor(damaged, for: Self.query) }
        }
        for text in ["", "A", "!!", text + "AAAA", String(text.dropLast(4)), "ü"] {
            #expect(throws: SearchError.self) { try SearchCursor(text, for: Self.query) }
        }
    }
}
