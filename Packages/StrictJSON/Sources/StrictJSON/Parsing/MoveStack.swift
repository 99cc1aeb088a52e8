/// A stack that hands over its upper elements as an array of exactly their number, by moving memory instead of copying values.
///
/// `Array` has no such operation: a copy would count every string and array inside once up and once down again, which took a
/// third of the time of parsing.
struct MoveStack<Element>: ~Copyable {
    private var storage: UnsafeMutablePointer<Element>
    private var capacity: Int

    /// The number of elements; those in `storage` from here up to `capacity` are not initialised.
    private(set) var count = 0

    /// Creates an empty stack with room for a number of elements, 1 or more.
    init(minimumCapacity: Int) {
        self.capacity = max(minimumCapacity, 1)
        self.storage = .allocate(capacity: self.capacity)
    }

    deinit {
        self.storage.deinitialize(count: self.count)
        self.storage.deallocate()
    }

    /// Adds an element on top.
    mutating func append(_ element: consuming Element) {
        if self.count == self.capacity { self.grow() }
        (self.storage + self.count).initialize(to: element)
        self.count += 1
    }

    /// The element at a position below `count`, counted from the bottom.
    subscript(position: Int) -> Element {
        _read {
            precondition(position >= 0 && position < self.count, "a stack is read outside its elements")
            yield self.storage[position]
        }
        _modify {
            precondition(position >= 0 && position < self.count, "a stack is changed outside its elements")
            yield &self.storage[position]
        }
    }

    /// Takes the elements from a position up to the top off the stack.
    mutating func removeAll(from start: Int) -> [Element] {
        precondition(start >= 0 && start <= self.count, "more is taken off a stack than it holds")
        var removed: [Element] = []
        removed.reserveCapacity(self.count - start)
        for position in start..<self.count { removed.append((self.storage + position).move()) }
        self.count = start
        return removed
    }

    /// Takes the elements from a position up to the top off the stack and drops them.
    mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= self.count, "more is taken off a stack than it holds")
        (self.storage + newCount).deinitialize(count: self.count - newCount)
        self.count = newCount
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: self.capacity * 2)
        larger.moveInitialize(from: self.storage, count: self.count)
        self.storage.deallocate()
        self.storage = larger
        self.capacity *= 2
    }
}
