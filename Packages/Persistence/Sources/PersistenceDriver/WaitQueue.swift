/// Those who wait, first come first served; anyone may leave early.
///
/// A place that was left is skipped when its turn comes, so leaving costs a scan and joining or serving next to nothing.
struct WaitQueue<Element> {
    private var places: [Element?] = []
    private var head = 0

    /// How many wait.
    private(set) var count = 0

    /// Who has waited longest.
    var first: Element? {
        self.places[self.head...].lazy.compactMap { $0 }.first
    }

    mutating func append(_ element: Element) {
        self.places.append(element)
        self.count += 1
    }

    mutating func popFirst() -> Element? {
        while self.head < self.places.count {
            let element = self.places[self.head].take()
            self.head += 1
            if let element {
                self.count -= 1
                self.compact()
                return element
            }
        }
        self.compact()
        return nil
    }

    /// Takes out the first element for which the condition holds.
    mutating func remove(where condition: (Element) -> Bool) -> Element? {
        for index in self.places[self.head...].indices {
            if let element = self.places[index], condition(element) {
                self.places[index] = nil
                self.count -= 1
                self.dropGaps()
                return element
            }
        }
        return nil
    }

    /// Where nobody is served for long, those who leave would else pile up.
    private mutating func dropGaps() {
        let length = self.places.count - self.head
        guard length >= 64, self.count * 2 <= length else { return }
        self.places = self.places[self.head...].filter { $0 != nil }
        self.head = 0
    }

    private mutating func compact() {
        if self.head == self.places.count {
            self.places.removeAll(keepingCapacity: true)
            self.head = 0
        } else if self.head >= 64, self.head * 2 >= self.places.count {
            self.places.removeFirst(self.head)
            self.head = 0
        }
    }
}
