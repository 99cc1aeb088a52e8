/// The members of a JSON object, in the order in which they were written, each key once.
///
/// Keys are told apart by their UTF-8 bytes. Looking up a key takes constant time in large objects, and a short walk over the
/// keys in objects of up to 16 members. Equality does not depend on the order of members.
public struct JSONObject: Sendable {
    /// A key and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// The number of members up to which a walk over the keys is quicker than hashing.
    static let indexThreshold = 16

    /// A member as it is stored; a struct, because arrays of tuples are released member by member through the runtime.
    struct Member {
        let key: String
        var value: JSONValue
    }

    private(set) var members: [Member]

    /// Where each key stands in `members`; present exactly when there are more than `indexThreshold` members.
    private var positions: [UTF8Key: Int]?

    /// Creates an object without members.
    public init() {
        self.members = []
    }

    /// Creates an object; of several members with one key, the last value stands, at the place of the first.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        self.members.reserveCapacity(members.underestimatedCount)
        for (key, value) in members { self[key] = value }
    }

    /// Takes members whose keys the parser has found to differ, with the index that it made on the way.
    init(unchecked members: [Member], positions: [UTF8Key: Int]?) {
        self.members = members
        self.positions = positions
    }

    /// The keys in the order of their members.
    public var keys: some RandomAccessCollection<String> {
        self.members.lazy.map(\.key)
    }

    /// The value of the member with exactly this key.
    ///
    /// Setting a value replaces that of an existing member in its place or appends a member; setting `nil` removes the member,
    /// in time that grows with the number of members.
    public subscript(key: String) -> JSONValue? {
        get {
            self.position(of: key).map { self.members[$0].value }
        }
        set {
            switch (self.position(of: key), newValue) {
            case (let position?, let value?):
                self.members[position].value = value
            case (let position?, nil):
                self.members.remove(at: position)
                self.positions = nil
                self.index()
            case (nil, let value?):
                self.members.append(Member(key: key, value: value))
                self.positions?[UTF8Key(key)] = self.members.count - 1
                self.index()
            case (nil, nil):
                break
            }
        }
    }

    /// Where the member with exactly this key stands among the members.
    public func position(of key: String) -> Int? {
        if let positions = self.positions { return positions[UTF8Key(key)] }
        return self.members.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    private mutating func index() {
        guard self.positions == nil, self.members.count > Self.indexThreshold else { return }
        var positions: [UTF8Key: Int] = [:]
        positions.reserveCapacity(self.members.count)
        for (position, member) in self.members.enumerated() { positions[UTF8Key(member.key)] = position }
        self.positions = positions
    }
}

extension JSONObject: RandomAccessCollection {
    /// The position of the first member, 0.
    public var startIndex: Int { 0 }
    /// The position after the last member, which is the number of members.
    public var endIndex: Int { self.members.count }

    /// The member at a position between 0 and `count - 1`; another position is an error of the caller, as with an array.
    public subscript(position: Int) -> Element {
        let member = self.members[position]
        return (member.key, member.value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Creates an object; of several members with one key, the last value stands, at the place of the first.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self.init(members)
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        // Keys are unique within an object, so equal counts and every member of one found in the other are enough.
        for (position, member) in left.members.enumerated() {
            let other = right.members[position]
            if member.key.hasSameBytes(as: other.key) {
                if member.value != other.value { return false }
            } else {
                guard let value = right[member.key], value == member.value else { return false }
            }
        }
        return true
    }

    /// Feeds the hasher in a way that the order of members does not change.
    public func hash(into hasher: inout Hasher) {
        var mixed = 0
        for member in self.members {
            var memberHasher = Hasher()
            memberHasher.combine(UTF8Key(member.key))
            memberHasher.combine(member.value)
            mixed ^= memberHasher.finalize()
        }
        hasher.combine(self.members.count)
        hasher.combine(mixed)
    }
}
