@testable import Audit
import Cryptography
import Persistence
import TestKit

/// One way to tamper with a trail, and what verification has to call it.
enum TrailMutation: String, CaseIterable {
    case flipBody, flipTime, flipKind, flipPrevious, flipHash, flipRequestID, flipEventID, flipHead, flipCode
    case deleteFirst, deleteMiddle, deleteLast, swap, cut, cutWithOlderHead, dropHead, fork, forkEnd, forkLast, breakHash
    case spoolFlipPayload, spoolFlipHead, spoolDeleteFirst, spoolDeleteMiddle, spoolDeleteLast, spoolSwap, spoolTear, spoolFork
    case spoolRepeat, flipHeadFile

    /// Tampers somewhere, and says what is to be found; nil where there is nothing to tamper with.
    ///
    /// - Parameter olderHead: Makes the head that once stood at a sequence, as a copy has it.
    func apply(
        to picture: inout TrailPicture, _ generator: inout SeededGenerator,
        olderHead: (Int64) -> (sequence: Int64, hash: [UInt8], code: [UInt8])?
    ) -> (kinds: Set<AuditFault.Kind>, place: AuditFault.Place?)? {
        let writer = picture.writer
        let count = picture.rows.count
        let row = Int.random(in: 0..<count, using: &generator)
        let middle = Int.random(in: 1..<count - 1, using: &generator)
        func journal(_ index: Int) -> AuditFault.Place { .journal(writer: writer, sequence: Int64(index + 1)) }
        switch self {
        case .flipBody:
            var bytes = Array(picture.rows[row].body.utf8)
            // An ASCII text stays one that both databases take.
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = bytes[place] == 0x41 ? 0x42 : 0x41
            picture.rows[row].body = String(decoding: bytes, as: UTF8.self)
            return ([.changed], journal(row))
        case .flipTime:
            guard case .timestamp(let time) = picture.rows[row].time else { return nil }
            picture.rows[row].time = .timestamp(
                time.advanced(by: .microseconds(Int.random(in: 1...1_000_000, using: &generator))))
            return ([.changed], journal(row))
        case .flipKind:
            picture.rows[row].kind = picture.rows[row].kind == "intent" ? "outcome" : "intent"
            return ([.changed], journal(row))
        case .flipPrevious:
            Self.flip(&picture.rows[row].previous, &generator)
            return ([.changed], journal(row))
        case .flipHash:
            Self.flip(&picture.rows[row].hash, &generator)
            return ([.changed], journal(row))
        case .flipRequestID:
            picture.rows[row].requestID = (picture.rows[row].requestID ?? "") + "x"
            return ([.changed], journal(row))
        case .flipEventID:
            // Of a closing record it says that there is no event.
            guard let id = picture.rows[row].eventID else {
                picture.rows[row].eventID = "x"
                return ([.changed], journal(row))
            }
            picture.rows[row].eventID = nil
            return ([.gap], .event(requestID: id))
        case .flipHead:
            guard var head = picture.head else { return nil }
            Self.flip(&head.hash, &generator)
            picture.head = head
            return ([.changed], .head(writer: writer))
        case .flipCode:
            guard var head = picture.head else { return nil }
            Self.flip(&head.code, &generator)
            picture.head = head
            return ([.changed], .head(writer: writer))
        case .deleteFirst:
            picture.rows.removeFirst()
            return ([.gap], journal(0))
        case .deleteMiddle:
            picture.rows.remove(at: middle)
            return ([.gap], journal(middle))
        case .deleteLast:
            picture.rows.removeLast()
            return ([.truncated], journal(count - 1))
        case .swap:
            let other = (row + Int.random(in: 1..<count, using: &generator)) % count
            picture.rows.swapAt(row, other)
            let sequence = picture.rows[row].sequence
            picture.rows[row].sequence = picture.rows[other].sequence
            picture.rows[other].sequence = sequence
            return ([.reordered], journal(row))
        case .cut:
            picture.rows.removeLast(count - middle)
            return ([.truncated], journal(middle))
        case .cutWithOlderHead:
            // With a spool behind it, the cut shows as a gap before the spool.
            picture.rows.removeLast(count - middle)
            picture.head = olderHead(Int64(middle))
            return ([.gap], journal(middle))
        case .dropHead:
            picture.head = nil
            return ([.truncated], .head(writer: writer))
        case .fork:
            picture.rows[middle].becomeForged(Int.random(in: 0..<1_000, using: &generator))
            picture.rows[middle].rehash(as: writer)
            return ([.forked], journal(middle))
        case .forkEnd, .forkLast:
            let start = self == .forkLast ? count - 1 : middle
            for index in start..<count {
                if index == start {
                    picture.rows[index].becomeForged(0)
                } else {
                    picture.rows[index].previous = picture.rows[index - 1].hash
                }
                picture.rows[index].rehash(as: writer)
            }
            return ([.forked], journal(count - 1))
        case .breakHash:
            picture.rows[row].hash.removeLast()
            return ([.unreadable], journal(row))
        default:
            return self.applyToFiles(of: &picture, &generator)
        }
    }

    private func applyToFiles(
        of picture: inout TrailPicture, _ generator: inout SeededGenerator
    ) -> (kinds: Set<AuditFault.Kind>, place: AuditFault.Place?)? {
        let writer = picture.writer
        var frames = picture.frames
        let count = frames.count
        let first = Int64(picture.rows.count + 1)
        let frame = Int.random(in: 0..<count, using: &generator)
        let middle = Int.random(in: 1..<count - 1, using: &generator)
        let starts = frames.indices.map { frames[..<$0].reduce(0) { $0 + $1.count } }
        func record(_ index: Int) -> AuditFault.Place { .spoolRecord(writer: writer, sequence: first + Int64(index)) }
        defer { if count > 0, self != .flipHeadFile { picture.frames = frames } }
        switch self {
        case .spoolFlipPayload:
            var bytes = picture.spool
            let place = starts[frame] + Int.random(in: 8..<frames[frame].count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            frames = [bytes]
            return ([.changed], .spoolByte(writer: writer, offset: starts[frame]))
        case .spoolFlipHead:
            var bytes = picture.spool
            bytes[starts[frame] + Int.random(in: 0..<4, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            frames = [bytes]
            return ([.unreadable], .spoolByte(writer: writer, offset: starts[frame]))
        case .spoolDeleteFirst:
            frames.removeFirst()
            return ([.gap], .journal(writer: writer, sequence: first))
        case .spoolDeleteMiddle:
            frames.remove(at: middle)
            return ([.gap], record(middle))
        case .spoolDeleteLast:
            frames.removeLast()
            return ([.truncated], record(count - 1))
        case .spoolSwap:
            let other = (frame + Int.random(in: 1..<count, using: &generator)) % count
            frames.swapAt(frame, other)
            return ([.reordered], nil)
        case .spoolTear:
            frames[count - 1].removeLast(Int.random(in: 1..<frames[count - 1].count, using: &generator))
            return ([.truncated], .spoolByte(writer: writer, offset: starts[count - 1]))
        case .spoolFork:
            guard var entry = picture.entry(in: frames[middle]) else { return nil }
            entry.body = Array(
                "{\"details\": {\"n\": \(Int.random(in: 0..<1_000, using: &generator))}, \"kind\": \"refusal\"}".utf8)
            entry.hash = entry.computedHash
            var bytes: [UInt8] = []
            SpoolFrame.append(entry, to: &bytes)
            frames[middle] = bytes
            return ([.forked], record(middle))
        case .spoolRepeat:
            frames.append(frames[frame])
            return ([.reordered], record(frame))
        case .flipHeadFile:
            let place = Int.random(in: 0..<picture.headFile.count, using: &generator)
            picture.headFile[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            return ([.changed], .headFile(writer: writer))
        default:
            return nil
        }
    }

    private static func flip(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
}
