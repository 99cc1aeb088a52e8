import HTTPTypes
import StrictJSON

/// The API description as a page that people read, without a script or anything from elsewhere.
struct DocsPage {
    let title: String
    let version: String
    let limits: any LimitEnforcer

    /// The page in HTML.
    func html(for operations: [Operation]) -> String {
        var rows = ""
        let described = operations.filter(\.isDescribed)
        var tags: [String] = []
        for operation in described where !tags.contains(operation.tag) { tags.append(operation.tag) }
        for tag in tags {
            rows += "<h2>\(tag.escapedForHTML)</h2>\n"
            for operation in described where operation.tag == tag { rows += self.section(of: operation) }
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(self.title.escapedForHTML)</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
            code{background:#f2f2f2;padding:.1em .3em}details{border-top:1px solid #ddd;padding:.5rem 0}
            td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}</style></head><body>
            <h1>\(self.title.escapedForHTML) \(self.version.escapedForHTML)</h1>
            <p>The same as machines read it: <a href="/openapi.json">/openapi.json</a>.</p>
            \(rows)</body></html>
            """
    }

    private func section(of operation: Operation) -> String {
        var facts: [(String, String)] = []
        switch operation.access {
        case .anyone: facts.append(("Access", "anyone"))
        case .anyoneIdentified: facts.append(("Access", "anyone, with a key or without"))
        case .callerOrLocal: facts.append(("Access", "any key, or none from the machine of the server"))
        case .caller: facts.append(("Access", "any key"))
        case .role(let roles, _): facts.append(("Access", "role \(roles.joined(separator: " or "))"))
        }
        let limits = operation.limits.flatMap { self.limits.description(of: $0) }
        if !limits.isEmpty { facts.append(("Limits", limits.joined(separator: "; "))) }
        for parameter in operation.parameters {
            facts.append(("\(parameter.place.rawValue) \(parameter.name)", parameter.schema.jsonSchema.description))
        }
        if let body = operation.body { facts.append(("Body", "\(body.mediaType) \(body.jsonSchema)")) }
        for answer in operation.answers { facts.append((String(answer.status.code), answer.summary)) }
        let table = facts.map { "<tr><th>\($0.escapedForHTML)</th><td>\($1.escapedForHTML)</td></tr>" }.joined(separator: "\n")
        return """
            <details><summary><code>\(operation.method.rawValue) \(operation.path.escapedForHTML)</code> \
            \(operation.summary.escapedForHTML)</summary><table>\(table)</table></details>

            """
    }
}

extension String {
    /// The text with the characters replaced that mean something in HTML.
    fileprivate var escapedForHTML: String {
        var escaped = ""
        for character in self.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
