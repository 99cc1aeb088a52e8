import HTTPTypes
import Instrumentation

/// Reads a field of the request for whichever tracer the app installed.
struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: HTTPFields) -> String? {
        HTTPField.Name(key).flatMap { headers[$0] }
    }
}
