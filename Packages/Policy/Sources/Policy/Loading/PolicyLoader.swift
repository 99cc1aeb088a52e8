/// Reads a policy file and those that it extends, and checks all of it.
///
/// ```swift
/// let policy = try PolicyLoader(PolicyFolder(path: "policies")).load(forEnvironment: "prod")
/// ```
public struct PolicyLoader: Sendable {
    private let source: any PolicySource

    /// Files that may extend each other in a row.
    static let maximumChain = 8

    /// Creates a loader.
    ///
    /// - Parameter source: Where the files come from.
    public init(_ source: any PolicySource) {
        self.source = source
    }

    /// Loads the policy of an environment: `<environment>.yaml` if there is such a file, else `default.yaml`.
    ///
    /// - Parameter environment: The environment of the server, such as `prod`; 1 to 64 of `A-Z a-z 0-9 _ -`.
    /// - Throws: ``PolicyError`` as ``load(_:)`` does, also when the file is made for another environment.
    public func load(forEnvironment environment: String) throws(PolicyError) -> PolicyDefinition {
        let isName =
            (1...64).contains(environment.utf8.count)
            && environment.utf8.allSatisfy { ToolName.isAllowed($0) && $0 != UInt8(ascii: ".") }
        guard isName else {
            throw PolicyError(
                .unreadable,
                [
                    PolicyProblem(
                        file: "default.yaml", place: nil, message: "the environment is no name of 1 to 64 of A-Z a-z 0-9 _ -")
                ])
        }
        let own = "\(environment).yaml"
        let policy = try self.load(self.exists(own) ? own : "default.yaml")
        guard policy.environment == "*" || policy.environment.hasSameBytes(as: environment) else {
            throw PolicyError(
                .invalid,
                [
                    PolicyProblem(
                        file: policy.files.first ?? own, place: nil,
                        message:
                            "the file is for the environment \"\(policy.environment)\", the server runs in \"\(environment)\"")
                ])
        }
        return policy
    }

    /// Loads a policy and checks it.
    ///
    /// - Parameter name: The name of the file, such as `default.yaml`, without a folder.
    /// - Throws: ``PolicyError`` with code `unreadable` when a file cannot be read, `invalid` with every fault that was found.
    public func load(_ name: String) throws(PolicyError) -> PolicyDefinition {
        var drafts: [PolicyDraft] = []
        var documents: [PolicyNode] = []
        var problems: [PolicyProblem] = []
        var next: (name: String, problems: ProblemList, place: PolicyPlace?)? = (name, ProblemList(file: name), nil)
        while let file = next {
            next = nil
            if let reason = Self.refusal(of: file.name, after: drafts.map(\.file)) {
                throw PolicyError(
                    .invalid,
                    problems + [
                        PolicyProblem(
                            file: file.place == nil ? file.name : file.problems.file, place: file.place, message: reason)
                    ])
            }
            let own = ProblemList(file: file.name)
            guard let text = try self.text(file.name, askedBy: file.place.map { (file: file.problems.file, place: $0) }),
                let root = YAMLText.read(text, in: own)
            else { throw PolicyError(.invalid, problems + own.problems) }
            let draft = PolicyDraft(root, file: file.name, level: drafts.count, in: own)
            problems += own.problems
            documents.append(root)
            drafts.append(draft)
            if let base = draft.extends { next = (base.name, own, base.place) }
        }
        let merged = PolicyMerge(drafts)
        problems += merged.problems
        guard problems.isEmpty else { throw PolicyError(.invalid, problems) }
        return merged.definition(revision: PolicyRevision(documents))
    }

    private func exists(_ name: String) throws(PolicyError) -> Bool {
        do { return try self.source.read(name) != nil } catch { throw Self.unreadable(name, "\(error)") }
    }

    private func text(_ name: String, askedBy place: (file: String, place: PolicyPlace)?) throws(PolicyError) -> String? {
        let bytes: [UInt8]?
        do { bytes = try self.source.read(name) } catch { throw Self.unreadable(name, "\(error)") }
        guard let bytes else {
            let message = place == nil ? "there is no such file" : "extends the file \(name), which is not there"
            throw PolicyError(.unreadable, [PolicyProblem(file: place?.file ?? name, place: place?.place, message: message)])
        }
        guard bytes.count <= YAMLText.maximumBytes else {
            throw Self.unreadable(name, "it has more than \(YAMLText.maximumBytes) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.unreadable(name, "it is not UTF-8") }
        return text
    }

    private static func unreadable(_ file: String, _ reason: String) -> PolicyError {
        PolicyError(.unreadable, [PolicyProblem(file: file, place: nil, message: reason)])
    }

    /// Why a name cannot be the next file; nil when it can.
    private static func refusal(of name: String, after files: [String]) -> String? {
        let isName =
            (1...128).contains(name.utf8.count) && name.utf8.allSatisfy(ToolName.isAllowed)
            && name.utf8.first != UInt8(ascii: ".")
            && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
        guard isName else { return "a policy file is named without a folder and ends in .yaml or .yml" }
        if files.contains(where: { $0.hasSameBytes(as: name) }) {
            return "extends goes round in a circle: \((files + [name]).joined(separator: " -> "))"
        }
        if files.count >= Self.maximumChain { return "more than \(Self.maximumChain) files extend each other" }
        return nil
    }
}
