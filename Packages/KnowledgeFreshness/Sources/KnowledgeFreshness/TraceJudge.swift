import Persistence
import Staleness
import StalenessIndex
import StrictJSON

/// Finds the pins of a trace and asks the index about them.
struct TraceJudge: Sendable {
    let index: any PackageIndex
    let packageLimit: Int
    let timeout: Duration
    let sleep: @Sendable (Duration) async throws -> Void

    /// The pins of a trace, those of the metadata first, each once.
    static func pins(of content: TraceContent) -> [PackagePin] {
        var pins: [PackagePin] = []
        // What is no strict JSON, as an older program may have stored it, declares nothing.
        if let text = content.metadata, let metadata = try? JSONValue(parsing: Array(text.utf8)) {
            let declared = PackagePin.declared(
                library: metadata["library"]?.stringValue, version: metadata["library_version"]?.stringValue)
            if let declared { pins.append(declared) }
        }
        var seen: Set<PackagePin> = []
        for text in [content.title, content.context, content.solution] {
            for pin in PinExtractor.pins(in: text) where seen.count < PinExtractor.pinLimit && seen.insert(pin).inserted {
                pins.append(pin)
            }
        }
        return pins
    }

    func verdict(on content: TraceContent) async -> EntryVerdict {
        let pins = Self.pins(of: content)
        var packages: [PythonPackageName] = []
        var kept: [PackagePin] = []
        for pin in pins {
            if PinGrade(withoutIndex: pin) == nil, let name = PythonPackageName(pin.name), !packages.contains(name) {
                guard packages.count < self.packageLimit else { continue }
                packages.append(name)
            }
            kept.append(pin)
        }
        let answers = await self.answers(about: packages)
        return EntryVerdict(
            kept.map { pin in
                if let grade = PinGrade(withoutIndex: pin) { return EntryVerdict.GradedPin(pin, grade) }
                let answer = PythonPackageName(pin.name).flatMap { answers[$0] }
                return EntryVerdict.GradedPin(
                    pin, answer?.grade(of: pin) ?? .unanswered("the index did not answer in time"))
            })
    }

    /// What the index says until the time for a check is over.
    private func answers(about packages: [PythonPackageName]) async -> [PythonPackageName: IndexAnswer] {
        guard !packages.isEmpty else { return [:] }
        return await withTaskGroup(of: (PythonPackageName, IndexAnswer)?.self) { group in
            let (index, sleep, timeout) = (self.index, self.sleep, self.timeout)
            group.addTask {
                try? await sleep(timeout)
                return nil
            }
            var answers: [PythonPackageName: IndexAnswer] = [:]
            for package in packages {
                group.addTask { (package, await index.releases(of: package)) }
                // One after the other: one trace does not ask for more than its share.
                guard case let (name, answer)?? = await group.next() else { break }
                answers[name] = answer
            }
            group.cancelAll()
            return answers
        }
    }
}
