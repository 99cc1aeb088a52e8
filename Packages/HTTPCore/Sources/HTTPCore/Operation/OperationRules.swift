import Hummingbird

/// What a list of operations must keep so that router and API description can be made from it.
enum OperationRules {
    /// Checks the list.
    ///
    /// - Throws: ``HTTPCoreError`` with code `invalidOperation`, which names the first operation that breaks a rule.
    static func check(_ operations: [Operation]) throws(HTTPCoreError) {
        var ids: Set<String> = []
        var routes: Set<String> = []
        for operation in operations {
            let name = "\(operation.method.rawValue) \(operation.path)"
            guard operation.path.utf8.first == UInt8(ascii: "/") else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): a path begins with a slash")
            }
            guard ids.insert(operation.id).inserted else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): another operation has the id \(operation.id)")
            }
            guard routes.insert("\(operation.method.rawValue) \(operation.routerPath)").inserted else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): another operation has the same method and path")
            }
            try self.checkParameters(of: operation, name: name)
            try self.checkIdempotency(of: operation, name: name)
            try self.checkForm(of: operation, name: name)
            guard operation.deadline.map({ $0 > .zero }) ?? true else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): a deadline is longer than zero")
            }
            guard operation.credentialMember == nil || operation.body != nil && operation.access.needsCredential else {
                throw HTTPCoreError(
                    .invalidOperation, message: "\(name): a credential in the body needs a body and known callers")
            }
            guard operation.callerMember == nil || operation.credentialMember != nil else {
                throw HTTPCoreError(
                    .invalidOperation, message: "\(name): a name of the caller in the body needs a credential in the body")
            }
        }
    }

    /// Keys belong to callers: one that anybody can use would give the answer of one client to another.
    private static func checkIdempotency(of operation: Operation, name: String) throws(HTTPCoreError) {
        guard operation.acceptsIdempotencyKey else { return }
        guard operation.access.needsCredential, [.post, .put, .patch, .delete].contains(operation.method) else {
            throw HTTPCoreError(
                .invalidOperation, message: "\(name): Idempotency-Key is for POST, PUT, PATCH and DELETE by known callers")
        }
    }

    /// A form is read by the handler: before that, nothing in it can be looked at.
    private static func checkForm(of operation: Operation, name: String) throws(HTTPCoreError) {
        guard case .multipart(let fields)? = operation.body?.form else { return }
        guard !fields.isEmpty, Set(fields.map(\.name)).count == fields.count else {
            throw HTTPCoreError(.invalidOperation, message: "\(name): a form has one field or more, each with a name of its own")
        }
        guard operation.credentialMember == nil, !operation.acceptsIdempotencyKey else {
            throw HTTPCoreError(
                .invalidOperation, message: "\(name): a form takes neither a credential in the body nor an Idempotency-Key")
        }
    }

    private static func checkParameters(of operation: Operation, name: String) throws(HTTPCoreError) {
        var inTemplate: [String] = []
        for part in operation.path.split(separator: "/") where part.contains("{") || part.contains("}") || part.hasPrefix(":") {
            let variable = part.dropFirst().dropLast()
            guard part.hasPrefix("{"), part.hasSuffix("}"), !variable.isEmpty, !variable.contains(where: { "{}".contains($0) })
            else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): a parameter is a whole part of the path in braces")
            }
            inTemplate.append(String(variable))
        }
        let inPath = operation.parameters.filter { $0.place == .path }.map(\.name)
        let inQuery = operation.parameters.filter { $0.place == .query }.map(\.name)
        guard inTemplate.count == inPath.count, Set(inTemplate) == Set(inPath), Set(inPath).count == inPath.count else {
            let declared = inPath.isEmpty ? "none" : inPath.joined(separator: ", ")
            throw HTTPCoreError(.invalidOperation, message: "\(name): the declared path parameters are \(declared)")
        }
        let spanning = operation.parameters.filter(\.spansParts)
        if let last = spanning.first {
            guard spanning.count == 1, inTemplate.last == last.name else {
                throw HTTPCoreError(.invalidOperation, message: "\(name): only the last parameter may span parts of the path")
            }
        }
        // Handlers find all values by name in one object.
        guard Set(inPath + inQuery).count == inPath.count + inQuery.count else {
            throw HTTPCoreError(.invalidOperation, message: "\(name): two parameters have one name")
        }
    }
}
