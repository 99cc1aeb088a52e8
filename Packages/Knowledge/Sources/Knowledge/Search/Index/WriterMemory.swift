#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// What this process knows to be committed, so that it need not be written again: ids of tags, and terms of the vocabulary.
final class WriterMemory: Sendable {
    private static let mostTags = 10_000
    private static let mostTerms = 131_072

    private struct Known {
        var tags: [TagName: UUID] = [:]
        /// Hashes only. Two terms of one hash would cost the second its place in the vocabulary, and nothing else.
        var terms: Set<Int> = []
    }

    private let known = Mutex(Known())

    /// The ids of all the tags in their order, or `nil` when one is not known.
    func ids(of tags: [TagName]) -> [UUID]? {
        self.known.withLock { known in
            var ids: [UUID] = []
            for tag in tags {
                guard let id = known.tags[tag] else { return nil }
                ids.append(id)
            }
            return ids
        }
    }

    /// Those of the terms that may be new.
    func unknown(_ terms: [String]) -> [String] {
        self.known.withLock { known in terms.filter { !known.terms.contains($0.hashValue) } }
    }

    /// Remembers what a transaction has written, once it is committed.
    func learn(tags: [(TagName, UUID)] = [], terms: [String]) {
        if tags.isEmpty, terms.isEmpty { return }
        self.known.withLock { known in
            if known.tags.count + tags.count > Self.mostTags { known.tags.removeAll() }
            for (tag, id) in tags { known.tags[tag] = id }
            if known.terms.count + terms.count > Self.mostTerms { known.terms.removeAll() }
            for term in terms { known.terms.insert(term.hashValue) }
        }
    }

    /// Forgets tags that are no longer there.
    func forget(_ tags: [TagName]) {
        self.known.withLock { known in
            for tag in tags { known.tags[tag] = nil }
        }
    }
}
