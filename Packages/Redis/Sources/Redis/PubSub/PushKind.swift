/// The first word of what a server sends to a subscriber without being asked.
enum PushKind {
    case message, subscribed, unsubscribed

    init?(_ first: RedisValue?) {
        guard case .string(let word)? = first else { return nil }
        if word.elementsEqual("message".utf8) {
            self = .message
        } else if word.elementsEqual("subscribe".utf8) {
            self = .subscribed
        } else if word.elementsEqual("unsubscribe".utf8) {
            self = .unsubscribed
        } else {
            return nil
        }
    }
}
