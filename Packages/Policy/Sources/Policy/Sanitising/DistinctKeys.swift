import StrictJSON

/// Finds keys for members whose own became alike; takes time in proportion to the number of members, whatever they are called.
struct DistinctKeys {
    /// The number that a name got last.
    private var last: [String: Int] = [:]

    /// A name that neither the copy nor the original has: the base with a number behind it.
    mutating func next(after base: String, in copy: JSONObject, of original: JSONObject) -> String {
        var count = self.last[base] ?? 1
        var name: String
        repeat {
            count += 1
            name = "\(base) \(count)"
        } while copy.position(of: name) != nil || original.position(of: name) != nil
        self.last[base] = count
        return name
    }
}
