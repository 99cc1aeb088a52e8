public import NIOCore

/// A value that is there at once, or that comes later on the event loop that asked.
///
/// Decisions in the memory of this process are there at once; those of a shared store come with its reply. Callers on an event loop
/// treat the first without a future, a task or an allocation.
@frozen
public enum Prompt<Value: Sendable>: Sendable {
    /// The value.
    case now(Value)
    /// The value will be there; the future belongs to the event loop that asked, and never fails.
    case later(EventLoopFuture<Value>)
}
