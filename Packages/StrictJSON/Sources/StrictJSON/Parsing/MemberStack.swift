/// The members of all open objects, the innermost last, the keys of each object free of duplicates.
///
/// Small objects compare a tag of each key, 64 bits made of its length and its outer bytes, and look at the keys themselves only
/// where tags agree. From the seventeenth key on a dictionary decides, whose hashing is seeded at random, so that keys chosen to
/// collide gain nothing; it stays with the object as its index.
struct MemberStack: ~Copyable {
    private struct WideObject {
        let firstMember: Int
        var positions: [UTF8Key: Int]
    }

    private var members = MoveStack<JSONObject.Member>(minimumCapacity: 64)
    private var tags = MoveStack<UInt64>(minimumCapacity: 64)
    private var wideObjects: [WideObject] = []

    /// The number of members, at which the next object to be opened begins.
    var count: Int { self.members.count }

    /// Adds a member, its value still open, to the innermost object, unless that object has the key already.
    ///
    /// - Parameter firstMember: The number of members when the object was opened.
    /// - Returns: Whether the key is new.
    mutating func append(_ key: consuming String, tag: UInt64, toObjectAt firstMember: Int) -> Bool {
        let count = self.members.count - firstMember
        if count < JSONObject.indexThreshold {
            for position in firstMember..<self.members.count
            where self.tags[position] == tag && self.members[position].key.hasSameBytes(as: key) {
                return false
            }
        } else {
            if count == JSONObject.indexThreshold { self.indexObject(at: firstMember) }
            let index = self.wideObjects.count - 1
            guard self.wideObjects[index].positions.updateValue(count, forKey: UTF8Key(copy key)) == nil else { return false }
        }
        self.members.append(JSONObject.Member(key: key, value: .null))
        self.tags.append(tag)
        return true
    }

    /// Completes the newest member of the innermost object.
    mutating func setValue(_ value: consuming JSONValue) {
        self.members[self.members.count - 1].value = value
    }

    /// Closes the innermost object.
    ///
    /// - Parameter firstMember: The number of members when the object was opened.
    mutating func removeObject(at firstMember: Int) -> JSONObject {
        let isWide = self.wideObjects.last?.firstMember == firstMember
        let positions = isWide ? self.wideObjects.removeLast().positions : nil
        self.tags.truncate(to: firstMember)
        return JSONObject(unchecked: self.members.removeAll(from: firstMember), positions: positions)
    }

    private mutating func indexObject(at firstMember: Int) {
        var positions: [UTF8Key: Int] = [:]
        for position in firstMember..<self.members.count {
            positions[UTF8Key(self.members[position].key)] = position - firstMember
        }
        self.wideObjects.append(WideObject(firstMember: firstMember, positions: positions))
    }

    /// Sums up the bytes of a key so that most different keys differ in it.
    static func tag(_ bytes: Span<UInt8>) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: bytes.count)
        if bytes.count >= 8 {
            let head = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
            let tail = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
            return head &* 3 ^ tail ^ length << 56
        }
        var tag = length
        for index in bytes.indices { tag = tag << 8 | UInt64(bytes[index]) }
        return tag
    }
}
