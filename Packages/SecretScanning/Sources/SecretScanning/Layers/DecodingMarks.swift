/// Places in a decoded text and the source offsets they come from: one for every so many bytes, and the last that was asked for.
struct DecodingMarks {
    let distance: Int
    private var marks: [Unescaping.Place] = []
    /// Finds come in the order of their places, so the next one is mostly found from here.
    var cursor: Unescaping.Place = (0, 0)

    init(distance: Int) {
        self.distance = max(distance, 1)
    }

    var isEmpty: Bool { self.marks.isEmpty }

    mutating func note(_ place: Unescaping.Place) {
        if self.marks.isEmpty { self.cursor = place }
        if place.position >= self.marks.count * self.distance { self.marks.append(place) }
    }

    /// The last known place at or before a position.
    func before(_ position: Int) -> Unescaping.Place {
        guard !self.marks.isEmpty else { return self.cursor }
        let index = min(max(position / self.distance, 0), self.marks.count - 1)
        // A character may lie across a multiple of the distance; then its mark is a little behind it.
        let mark = self.marks[index].position <= position || index == 0 ? self.marks[index] : self.marks[index - 1]
        return self.cursor.position <= position && self.cursor.position > mark.position ? self.cursor : mark
    }
}
