/// Places in a decoded text and the source offsets they come from, one for every so many bytes.
struct DecodingMarks {
    let distance: Int
    private(set) var marks: [(position: Int, offset: Int)] = []

    init(distance: Int) {
        self.distance = max(distance, 1)
    }

    mutating func note(position: Int, offset: Int) {
        if position >= self.marks.count * self.distance { self.marks.append((position, offset)) }
    }

    /// The last mark at or before a place; `nil` without any.
    func before(_ position: Int) -> (position: Int, offset: Int)? {
        guard !self.marks.isEmpty else { return nil }
        let index = min(max(position / self.distance, 0), self.marks.count - 1)
        // A character may lie across a multiple of the distance; then its mark is a little behind it.
        return self.marks[index].position <= position || index == 0 ? self.marks[index] : self.marks[index - 1]
    }

    mutating func removeAll() { self.marks.removeAll(keepingCapacity: true) }
}
