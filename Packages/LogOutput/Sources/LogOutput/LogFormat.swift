/// How a log line looks (setting `LOG_FORMAT`).
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `2026-11-20T23:44:13.123Z info gatehouse: request http.status=200`.
    case text
    /// For machines, one object a line: `{"time":"…","level":"info","logger":"gatehouse","message":"request","http.status":"200"}`.
    case json
}
