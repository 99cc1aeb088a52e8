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
            current = self.cleaned(current, .root, &state)
            let scanned = self.withoutSecrets(current, &state)
            if scanned != current { self.flagChanges(from: current, to: scanned, .root, &state) }
            current = scanned
            if current == before { break }
            if round == Self.rounds - 1 { state.isComplete = false }
        }
        return SanitizedArguments(
            arguments: current.objectValue ?? arguments, flags: state.flags, omittedFlags: state.omitted,
            isComplete: state.isComplete)
    }

    private struct State {
        var flags: [RedactionFlag] = []
        private var seen: Set<String> = []
        private(set) var omitted = 0
        var isComplete = true

        mutating func add(_ place: Place, _ reason: RedactionFlag.Reason, before: String) {
            guard self.flags.count < SanitizedArguments.maximumFlags else {
                self.omitted += 1
                return
            }
            let pointer = place.pointer
            guard self.seen.insert("\(reason.rawValue) \(pointer)").inserted else { return }
            var hash = SHA256()
            hash.update(before.utf8)
            self.flags.append(
                RedactionFlag(field: place.field, reason: reason, originalHash: "\(hash.finalize())", pointer: pointer))
        }
    }

    /// Where a string stands; its pointer is written out only when it is needed, as arguments may be deep and keys long.
    private final class Place: Sendable {
        static let root = Place(above: nil, key: "", step: "")

        private let above: Place?
        private let key: String
        private let step: String

        private init(above: Place?, key: String, step: String) {
            self.above = above
            self.key = key
            self.step = step
        }

        func member(_ key: String) -> Place { Place(above: self, key: key, step: key) }
        func element(_ index: Int) -> Place { Place(above: self, key: self.key, step: "\(index)") }

        /// The innermost key, cut to 255 bytes.
        var field: String { Self.cut(self.key, to: 255) }

        /// The pointer; of a long one the end, behind an ellipsis.
        var pointer: String {
            var parts: [String] = []
            var bytes = 0
            var place: Place? = self
            while let current = place, current.above != nil {
                let part = "/" + ArgumentPointer.escaped(Self.cut(current.step, to: 255))
                guard bytes + part.utf8.count <= 512 else { return "…" + parts.reversed().joined() }
                parts.append(part)
                bytes += part.utf8.count
                place = current.above
            }
            return parts.reversed().joined()
        }

        private static func cut(_ text: String, to bytes: Int) -> String {
            text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self) + "…"
        }
    }

    private func cleaned(_ value: JSONValue, _ place: Place, _ state: inout State) -> JSONValue {
        switch value {
        case .string(let text): return .string(self.cleaned(text, place, &state))
        case .array(let elements):
            return .array(elements.enumerated().map { self.cleaned($0.element, place.element($0.offset), &state) })
        case .object(let object):
            var copy = JSONObject()
            var keys = DistinctKeys()
            for (key, member) in object {
                let result = self.strings.cleaned(key)
                // Two keys that were different stay so.
                let isTaken = copy.position(of: result.text) != nil
                let name = isTaken ? keys.next(after: result.text, in: copy, of: object) : result.text
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
