public import HTTPCore

/// The limits of the operations on documents, each counted by itself and charged to the caller (CONTRACTS §1.3, S2-7 to S2-13).
public enum RetrievalLimits {
    /// Plain and streamed questions (`RATE_LIMIT_QUERY`).
    public static let query = LimitClass("query")
    /// Questions with confidence and highlights (`RATE_LIMIT_QUERY`, counted apart).
    public static let enhanced = LimitClass("query-enhanced")
    /// Uploads (`RATE_LIMIT_UPLOAD`).
    public static let upload = LimitClass("upload")
    /// All else (`RATE_LIMIT_DEFAULT`).
    public static let others = LimitClass("default")
}
