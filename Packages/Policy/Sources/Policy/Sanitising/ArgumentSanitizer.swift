import Cryptography
import Patterns
import SecretScanning
public import StrictJSON

/// Removes personal data, credentials and traversals from arguments, and says what it removed.
///
/// Every rule is applied to every string and key until none finds anything: addresses of e-mail, social security and card numbers,
/// tokens, sequences that lead up in paths; then what the scanner for secrets finds with at least medium confidence. Doing it
/// twice changes nothing more, and what was removed does not come back by what removing joins.
///
/// ```swift
/// let clean = sanitizer.sanitized(["note": "write to a.b@corp.example about 123-45-6789"])
/// clean.arguments     // {"note":"write to [REDACTED_EMAIL] about [REDACTED_SSN]"}
/// clean.flags         // PII_EMAIL and PII_SSN at /note
/// ```
public struct ArgumentSanitizer: Sendable {
    private let strings: StringSanitizer
    private let scanner: Scanner

    /// How often both kinds of rules are gone over.
    private static let rounds = 4

    /// Makes a sanitiser, which takes some milliseconds; it never changes and is shared.
    ///
    /// - Throws: `PatternError` when a pattern of ours does not compile, which tests rule out.
    public init() throws {
        self.strings = try StringSanitizer()
        self.scanner = .forPolicies
    }

    /// Cleans arguments; time is linear in their size but for strings made to be costly, which are replaced as a whole.
    public func sanitized(_ arguments: JSONObject) -> SanitizedArguments {
        var state = State()
        var current = JSONValue.object(arguments)
        for round in 0..<Self.rounds {
            let before = current
            current = self.cleaned(current, Place(), &state)
            let scanned = self.withoutSecrets(current, &state)
            if scanned != current { self.flagChanges(from: current, to: scanned, Place(), &state) }
            current = scanned
            if current == before { break }
            if round == Self.rounds - 1 { state.isComplete = false }
        }
        return SanitizedArguments(
            arguments: current.objectValue ?? arguments, flags: state.flags, isComplete: state.isComplete)
    }

    private struct State {
        var flags: [RedactionFlag] = []
        private var seen: Set<String> = []
        var isComplete = true

        mutating func add(_ place: Place, _ reason: RedactionFlag.Reason, before: String) {
            guard self.seen.insert("\(reason.rawValue) \(place.pointer)").inserted else { return }
            var hash = SHA256()
            hash.update(before.utf8)
            self.flags.append(
                RedactionFlag(field: place.field, reason: reason, originalHash: "\(hash.finalize())", pointer: place.pointer))
        }
    }

    /// Where a string stands.
    private struct Place {
        var field = ""
        var pointer = ""

        func member(_ key: String) -> Place { Place(field: key, pointer: "\(self.pointer)/\(ArgumentPointer.escaped(key))") }
        func element(_ index: Int) -> Place { Place(field: self.field, pointer: "\(self.pointer)/\(index)") }
    }

    private func cleaned(_ value: JSONValue, _ place: Place, _ state: inout State) -> JSONValue {
        switch value {
        case .string(let text): return .string(self.cleaned(text, place, &state))
        case .array(let elements):
            return .array(elements.enumerated().map { self.cleaned($0.element, place.element($0.offset), &state) })
        case .object(let object):
            var copy = JSONObject()
            for (key, member) in object {
                let result = self.strings.cleaned(key)
                var name = result.text
                var count = 1
                // Two keys that were different stay so.
                while copy.position(of: name) != nil || (count > 1 && object.position(of: name) != nil) {
                    count += 1
                    name = "\(result.text) \(count)"
                }
                let inner = place.member(name)
                for reason in result.reasons { state.add(inner, reason, before: key) }
                state.isComplete = state.isComplete && result.isComplete
                copy[name] = self.cleaned(member, inner, &state)
            }
            return .object(copy)
        default: return value
        }
    }

    private func cleaned(_ text: String, _ place: Place, _ state: inout State) -> String {
        let result = self.strings.cleaned(text)
        for reason in result.reasons { state.add(place, reason, before: text) }
        state.isComplete = state.isComplete && result.isComplete
        return result.text
    }

    /// What the scanner finds is replaced by `[REDACTED:<type>]`; it knows a value by its key, so it looks at all at once.
    private func withoutSecrets(_ value: JSONValue, _ state: inout State) -> JSONValue {
        let bytes = value.compactBytes()
        let report = self.scanner.scanJSON(bytes)
        let isFound = report.findings.contains { Self.groups.contains($0.group) && $0.confidence >= .medium }
        guard isFound || !report.isComplete else { return value }
        let redaction = self.scanner.redact(bytes, groups: Self.groups, minimumConfidence: .medium)
        guard redaction.isComplete, let clean = try? JSONValue(parsing: redaction.bytes) else {
            state.isComplete = false
            return value
        }
        return clean
    }

    private static let groups: Set<Rule.Group> = [.compatible, .further, .own, .pii]

    /// Flags what the scanner changed; it keeps the shape, save that numbers become strings and keys may change.
    private func flagChanges(from old: JSONValue, to new: JSONValue, _ place: Place, _ state: inout State) {
        switch (old, new) {
        case (.object(let old), .object(let new)):
            for (index, member) in new.enumerated() where index < old.count {
                let inner = place.member(member.key)
                if !old[index].key.hasSameBytes(as: member.key) {
                    state.add(inner, Self.reason(of: member.key), before: old[index].key)
                }
                self.flagChanges(from: old[index].value, to: member.value, inner, &state)
            }
        case (.array(let old), .array(let new)):
            for (index, pair) in zip(old, new).enumerated() {
                self.flagChanges(from: pair.0, to: pair.1, place.element(index), &state)
            }
        case (.string(let before), .string(let after)):
            if !before.hasSameBytes(as: after) { state.add(place, Self.reason(of: after), before: before) }
        case (.number(let before), .string(let after)):
            state.add(place, Self.reason(of: after), before: before.text)
        default: return
        }
    }

    private static let personalTypes = Set(RuleSet.builtIn.rules.filter { $0.group == .pii }.map(\.type))

    /// The reason by the marks in a text: personal data if all are of such a type, else a credential.
    private static func reason(of text: String) -> RedactionFlag.Reason {
        let types = text.components(between: "[REDACTED:", and: "]")
        return !types.isEmpty && types.allSatisfy { self.personalTypes.contains($0) } ? .personal : .secret
    }
}

extension String {
    /// The texts between each start and the end behind it.
    fileprivate func components(between start: String, and end: String) -> [String] {
        var found: [String] = []
        var rest = self.utf8[...]
        while let place = rest.indices.first(where: { rest[$0...].starts(with: start.utf8) }) {
            let behind = rest[place...].dropFirst(start.utf8.count)
            guard let close = behind.indices.first(where: { behind[$0...].starts(with: end.utf8) }) else { break }
            found.append(String(Substring(behind[..<close])))
            rest = behind[close...]
        }
        return found
    }
}
