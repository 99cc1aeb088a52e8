import Hummingbird

extension Operation {
    /// The parameter that reaches over several parts of the path, if there is one.
    var spanningParameter: Parameter? { self.parameters.first(where: \.spansParts) }

    /// The path as the router knows it; what spans several parts, and all behind it, is matched by ``spannedText(in:)``.
    var routerPath: RouterPath {
        guard let name = self.spanningParameter?.name, let variable = self.path.range(of: "{\(name)}") else {
            return RouterPath(self.path)
        }
        return RouterPath(self.path[..<variable.lowerBound] + "**")
    }

    /// The still encoded text of the spanning parameter, or `nil` when the path does not end as the template does.
    ///
    /// - Parameter path: The path of the request as it was sent, without its query.
    func spannedText(in path: Substring) -> Substring? {
        guard let name = self.spanningParameter?.name, let variable = self.path.range(of: "{\(name)}") else { return nil }
        let prefix = self.path[..<variable.lowerBound].utf8
        let suffix = self.path[variable.upperBound...].utf8
        let bytes = path.utf8
        guard bytes.starts(with: prefix), bytes.count > prefix.count + suffix.count,
            bytes.suffix(suffix.count).elementsEqual(suffix)
        else { return nil }
        return Substring(bytes.dropFirst(prefix.count).dropLast(suffix.count))
    }
}

extension String {
    /// Where a text stands for the first time, compared as bytes.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        let wanted = Array(text.utf8)
        var start = self.utf8.startIndex
        while start != self.utf8.endIndex {
            if self.utf8[start...].starts(with: wanted) {
                return start..<self.utf8.index(start, offsetBy: wanted.count)
            }
            self.utf8.formIndex(after: &start)
        }
        return nil
    }
}
