/// Lets only so many in at a time; the others wait in line.
///
/// All tests start at once, and a machine with few cores that starts fifty servers at once meets no deadline.
actor Turnstile {
    static let servers = Turnstile(places: 4)

    private var places: Int
    private var line: [CheckedContinuation<Void, Never>] = []

    init(places: Int) {
        self.places = places
    }

    func enter() async {
        if self.places > 0 {
            self.places -= 1
        } else {
            await withCheckedContinuation { self.line.append($0) }
        }
    }

    func leave() {
        if self.line.isEmpty {
            self.places += 1
        } else {
            self.line.removeFirst().resume()
        }
    }
}
